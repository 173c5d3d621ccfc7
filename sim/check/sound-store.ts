import type { Checker } from './check.ts'

/**
 * At the end the store finds nothing wrong with itself: its pages, its schema, and what its rows say together.
 */
export const soundStore: Checker = ({ end }) => end.problems
