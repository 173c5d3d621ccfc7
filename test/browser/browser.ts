import chromium from '@sparticuz/chromium'
import { chromium as playwright, type Browser } from 'playwright-core'

// In a single process the browser ends with its first page.
const args = chromium.args.filter((arg) => arg !== '--single-process')

/** A real browser, out of npm: the same on every machine. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch({ args, executablePath: await chromium.executablePath(), headless: true })
}
