/** How the three marks of Slack's markup are written: https://docs.slack.dev/messaging/formatting-message-text#escaping */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** In mrkdwn, `<!channel>` and `<@U…>` call people and `<https://…>` is a link: nothing of that is left in it. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '')
}

/** The same with every text in it escaped. What is told is data, and these characters have no meaning in JSON's own syntax. */
export function escapeAll<Data>(data: Data): Data {
  return JSON.parse(escapeMrkdwn(JSON.stringify(data))) as Data
}

/** At most so many UTF-16 units, which are never fewer than Slack's characters, and no half of a pair at the end. */
export function cutText(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : `${headOf(text, unitsMax - 1)}…`
}

/** As `cutText`, but for mrkdwn: neither a `<link` nor an `&ent` is left open. */
export function cutMrkdwn(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text
  const head = headOf(text, unitsMax - 1)
  return `${head.replace(/<[^<>]*$/, '').replace(/&[a-z]{0,4}$/, '')}…`
}

function headOf(text: string, units: number): string {
  return text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')
}

/** What turns the direction of all that follows: a summary could make the rest of a line read backwards. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069]/g

/** Well-formed, without control characters but line ends, and nothing in it reaches beyond itself. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .replaceAll(DIRECTIONS, '')
}

/** As `plainText`, in one line. */
export function oneLine(text: string): string {
  return plainText(text).replaceAll(/\s+/g, ' ').trim()
}

/** Cuts others' texts to what Slack takes, and remembers whether anything was lost by it. */
export class Fitting {
  #isCut = false

  /** What had to be left out or cut, for the outcome. */
  get notes(): readonly string[] {
    return this.#isCut ? ['not all of it is shown: Slack takes only so much in one message'] : []
  }

  /** One line of at most so many units. */
  line(text: string, unitsMax: number): string {
    return this.#cut(oneLine(text), unitsMax)
  }

  /** At most so many units, in as many lines as there are. */
  text(text: string, unitsMax: number): string {
    return this.#cut(plainText(text).trim(), unitsMax)
  }

  /** The first of a list. */
  first<Item>(list: readonly Item[], most: number): readonly Item[] {
    if (list.length > most) this.#isCut = true
    return list.slice(0, most)
  }

  /** Something is left out. */
  leaveOut(): void {
    this.#isCut = true
  }

  #cut(text: string, unitsMax: number): string {
    if (text.length > unitsMax) this.#isCut = true
    return cutText(text, unitsMax)
  }
}
