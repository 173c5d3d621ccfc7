/** An element by its local name: prefixes are the other side's own affair. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  /** The text that stands in it directly. */
  readonly text: string
}

/** An element whose end has not been read. */
interface Open {
  readonly tag: string
  readonly children: XmlElement[]
  text: string
}

const DEPTH_MAX = 32

/** A piece: declaration, comment, verbatim text, end, start (with attributes), or text. What else begins with `<` is none. */
const PIECE =
  /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[(?<verbatim>[^]*?)\]\]>|<\/(?<end>[\w:.-]+)\s*>|<(?<start>[\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^<"]*"|'[^<']*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y

/**
 * Reads the root element, or gives undefined for whatever is not well-formed. It is strict and small: a document type, and
 * with it every entity but the five of XML itself, is refused, so that nothing is expanded or fetched.
 */
export function readXml(xml: string): XmlElement | undefined {
  const root: Open = { tag: '', children: [], text: '' }
  const open: Open[] = [root]
  const source = xml.replace(/^\uFEFF/, '')
  let place = 0
  while (place < source.length) {
    PIECE.lastIndex = place
    const groups = PIECE.exec(source)?.groups
    const top = open.at(-1)
    if (groups === undefined || top === undefined) return undefined
    place = PIECE.lastIndex
    if (!take(groups, top, open)) return undefined
  }
  const [element, other] = root.children
  return open.length === 1 && other === undefined && root.text.trim() === '' ? element : undefined
}

/** Whether the piece may stand here. */
function take(groups: Readonly<Record<string, string | undefined>>, top: Open, open: Open[]): boolean {
  const { verbatim, end, start, empty, text } = groups
  if (start !== undefined) {
    const element = { tag: start, children: [], text: '' }
    if (empty === '/') top.children.push(closed(element))
    else open.push(element)
    return open.length <= DEPTH_MAX
  }
  if (end !== undefined) {
    open.pop()
    open.at(-1)?.children.push(closed(top))
    return end === top.tag && open.length > 0
  }
  const plain = text === undefined ? verbatim : unescaped(text)
  if (plain === undefined) return text === undefined
  top.text += plain
  return true
}

function closed({ tag, children, text }: Open): XmlElement {
  return { name: tag.slice(tag.indexOf(':') + 1), children, text }
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
)

/** Undefined when it names an entity that XML does not know of itself. */
function unescaped(text: string): string | undefined {
  let isKnown = true
  const plain = text.replaceAll(
    /&(?:#x([\dA-Fa-f]{1,6})|#(\d{1,7})|([^;&]*));|&/g,
    (_, hex?: string, decimal?: string, name?: string) => {
      const code = hex === undefined ? Number(decimal ?? NaN) : Number.parseInt(hex, 16)
      const character = code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : ENTITIES.get(name ?? '')
      if (character === undefined) isKnown = false
      return character ?? ''
    },
  )
  return isKnown ? plain : undefined
}

/** The first element on the way of these local names, from one of its own level on. */
export function findXml(element: XmlElement | undefined, ...way: readonly string[]): XmlElement | undefined {
  return way.reduce<XmlElement | undefined>(
    (found, name) => found?.children.find((child) => child.name === name),
    element,
  )
}
