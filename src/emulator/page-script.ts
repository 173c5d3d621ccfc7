/**
 * The script of the pages: every 2 s it asks for the page again and, only if something changed, puts the new content in
 * place of the old. What was expanded stays expanded, and nothing moves under a selection or a focused field. Without
 * it the pages work too; they just stand still.
 */
export const SCRIPT = `
const live = () => document.getElementById('live')
let tag = live().dataset.tag
let shownAt = performance.now()
function ago(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 10) return 'just now'
  if (seconds < 60) return seconds + ' s ago'
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ago'
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ago'
  return Math.floor(seconds / 86400) + ' d ago'
}
function tick() {
  const now = Date.parse(live().dataset.now) + performance.now() - shownAt
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const words = ago(now - Date.parse(time.dateTime))
    if (time.textContent !== words) time.textContent = words
  }
}
function swap(text) {
  const next = new DOMParser().parseFromString(text, 'text/html').getElementById('live')
  if (!next) return
  for (const row of live().querySelectorAll('details[open]')) {
    const same = row.id && next.querySelector('#' + CSS.escape(row.id))
    if (same) same.open = true
  }
  const focused = document.activeElement && document.activeElement.id
  live().replaceWith(next)
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  tag = next.dataset.tag
  shownAt = performance.now()
}
async function refresh() {
  if (document.hidden || getSelection().type === 'Range') return
  try {
    const answer = await fetch(location.href, { headers: { 'if-none-match': tag } })
    if (answer.status === 200) swap(await answer.text())
  } catch {
    // The emulator is away; the next round asks again.
  }
}
document.addEventListener('submit', async (event) => {
  if (event.target.method !== 'post') return
  event.preventDefault()
  await fetch(event.target.action, { method: 'POST' })
  await refresh()
})
setInterval(tick, 1000)
setInterval(refresh, 2000)
tick()
`
