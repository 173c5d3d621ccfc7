import { seededRandom } from '../src/world/virtual.ts'

/** Chance that a seed decides. A fork has a chance of its own, so that what one part draws never shifts another's. */
export class Draw {
  readonly #seed: string
  readonly #random: () => number

  constructor(seed: string) {
    this.#seed = seed
    this.#random = seededRandom(numberOf(seed))
    // The first number of neighbouring seeds is alike.
    this.#random()
  }

  fork(name: string): Draw {
    return new Draw(`${this.#seed}/${name}`)
  }

  /** From 0 (included) to 1 (excluded). */
  readonly next = (): number => this.#random()

  /** True in this share of cases. */
  is(share: number): boolean {
    return this.#random() < share
  }

  /** A whole number, both ends included. */
  int(least: number, most: number): number {
    return least + Math.floor(this.#random() * (most - least + 1))
  }

  /** A whole number, small ones more often: each order of magnitude is as likely as the next. */
  magnitude(least: number, most: number): number {
    return Math.round(Math.exp(Math.log(least) + this.#random() * (Math.log(most) - Math.log(least))))
  }

  pick<T>(choices: readonly T[]): T {
    const picked = choices[Math.floor(this.#random() * choices.length)]
    if (picked === undefined) throw new RangeError('There is nothing to pick from.')
    return picked
  }

  /** Each of them with this chance. */
  some<T>(choices: readonly T[], share: number): readonly T[] {
    return choices.filter(() => this.is(share))
  }

  /** 32 hex digits. */
  readonly id = (): string =>
    Array.from({ length: 4 }, () =>
      Math.floor(this.#random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('')
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): a text as a seed. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193)
  return hash >>> 0
}
