/**
 * The script of the pages: every 3 s it asks for the page again and changes only what differs, so that nothing flickers,
 * what was expanded stays expanded, and a selection or a focused button stays where it is. It names the expanded rows when
 * it asks, for only those come with their timeline. Without it the page can be read, and stands still.
 */
export const SCRIPT = `
const live = document.getElementById('live')
const said = document.getElementById('said')
let shownAt = performance.now()
let asked = 0
function ago(ms) {
  const seconds = Math.floor(Math.abs(ms) / 1000)
  if (seconds < 5) return ms < 0 ? 'now' : 'just now'
  const words =
    seconds < 60 ? seconds + ' s'
    : seconds < 3600 ? Math.floor(seconds / 60) + ' min'
    : seconds < 86400 ? Math.floor(seconds / 3600) + ' h'
    : Math.floor(seconds / 86400) + ' d'
  return ms < 0 ? 'in ' + words : words + ' ago'
}
function tick() {
  const now = Date.parse(live.dataset.now) + performance.now() - shownAt
  for (const time of document.querySelectorAll('time[data-ago]')) {
    const words = ago(now - Date.parse(time.dateTime))
    if (time.textContent !== words) time.textContent = words
  }
}
function isSame(one, other) {
  return one.nodeName === other.nodeName && (one.id || '') === (other.id || '')
}
function patch(from, to) {
  if (from.isEqualNode(to)) return
  if (from.nodeType !== 1) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  for (const { name } of [...from.attributes]) {
    if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name)
  }
  for (const { name, value } of to.attributes) {
    if (name !== 'open' && from.getAttribute(name) !== value) from.setAttribute(name, value)
  }
  let at = from.firstChild
  for (const next of [...to.childNodes]) {
    const known = next.id ? [...from.children].find((child) => isSame(child, next)) : at && isSame(at, next) ? at : null
    if (!known) {
      from.insertBefore(next, at)
      continue
    }
    if (known === at) at = at.nextSibling
    else from.insertBefore(known, at)
    patch(known, next)
  }
  while (at) {
    const gone = at
    at = at.nextSibling
    gone.remove()
  }
}
async function refresh() {
  const turn = ++asked
  const url = new URL(location.href)
  const open = [...live.querySelectorAll('details[open]')].map((row) => row.dataset.incident)
  if (open.length > 0) url.searchParams.set('open', open.slice(0, 20).join(','))
  try {
    const answer = await fetch(url)
    if (turn !== asked) return
    if (!answer.ok) throw new Error('status ' + answer.status)
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const next = page.getElementById('live')
    if (!next || turn !== asked) return
    patch(live, next)
    document.title = page.title
    shownAt = performance.now()
    if (said.dataset.about === 'away') said.hidden = true
  } catch (error) {
    tell('No answer from Tocsin; what you see may be out of date.', 'away')
  }
}
function tell(words, about) {
  said.textContent = words
  said.dataset.about = about
  said.hidden = false
}
live.addEventListener('click', async (event) => {
  const button = event.target.closest('button[data-post]')
  if (!button) return
  button.disabled = true
  said.hidden = true
  try {
    const answer = await fetch(button.dataset.post, { method: 'POST' })
    if (!answer.ok) {
      const { error } = await answer.json()
      tell(error.message, 'refused')
    }
  } catch {
    tell('Nothing was done: no answer from Tocsin.', 'refused')
  }
  button.disabled = false
  await refresh()
})
live.addEventListener('toggle', (event) => {
  if (event.target.open && !event.target.querySelector('.timeline')) refresh()
}, true)
setInterval(tick, 1000)
setInterval(() => document.hidden || refresh(), 3000)
document.addEventListener('visibilitychange', () => document.hidden || refresh())
tick()
`
