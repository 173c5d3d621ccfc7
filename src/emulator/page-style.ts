import { LOOK } from '../html/html.ts'

/** The style sheet of the pages: one for light and dark, nothing fetched from anywhere. */
export const STYLE: string = `${LOOK}
body {
  margin: 0; background: var(--back); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 6px; }
.bar { background: var(--card); border-bottom: 1px solid var(--line); }
.bar > div { max-width: 1240px; margin: auto; padding: 12px 24px; display: flex; align-items: center; gap: 14px; }
.brand { display: flex; align-items: center; gap: 10px; font-weight: 650; font-size: 16px; color: var(--text); }
.brand:hover { text-decoration: none; }
.brand svg { width: 26px; height: 26px; }
.tag { font-size: 12px; font-weight: 500; color: var(--muted); border: 1px solid var(--line); border-radius: 99px; padding: 1px 9px; }
.search { margin-left: auto; }
.search input {
  width: 270px; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 12px;
}
main { max-width: 1240px; margin: auto; padding: 24px; }
h1 small { font-size: 14px; font-weight: 500; color: var(--muted); letter-spacing: 0; margin-left: 6px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; font-weight: 650; letter-spacing: -0.01em; }
h2 { font-size: 12px; margin: 0 0 8px; font-weight: 600; color: var(--muted); }
.banner {
  display: flex; gap: 0 10px; align-items: center; flex-wrap: wrap; background: var(--amber-back); color: var(--amber);
  border: 1px solid color-mix(in srgb, var(--amber) 35%, transparent); border-radius: 10px;
  padding: 9px 14px; margin-bottom: 18px;
}
.tabs { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin-bottom: 20px; }
.tabs a {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px;
  color: var(--muted); box-shadow: var(--shadow); border-top: 3px solid var(--line);
}
.tabs a:hover { text-decoration: none; border-color: var(--muted); }
.tabs a[aria-current] { border-color: var(--link); }
.tabs b { display: block; font-size: 26px; line-height: 1.2; color: var(--text); font-weight: 650; font-variant-numeric: tabular-nums; }
.tabs .triggered b { color: var(--red); } .tabs .acknowledged b { color: var(--amber); } .tabs .resolved b { color: var(--green); }
.list { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); overflow: hidden; }
.row { display: grid; grid-template-columns: 128px 84px minmax(0, 1fr) 116px 172px 56px 18px; gap: 14px; align-items: center; padding: 12px 18px; }
.head { color: var(--muted); font-size: 12px; font-weight: 600; background: var(--raised); padding-block: 9px; }
details { border-top: 1px solid var(--line); }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--raised); }
details[open] > summary { background: var(--raised); }
.chevron { color: var(--muted); transition: transform .15s; justify-self: end; }
details[open] .chevron { transform: rotate(90deg); }
.title { font-weight: 600; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.sub { color: var(--muted); font-size: 12px; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 1; -webkit-box-orient: vertical; overflow: hidden; }
.mono { font-family: var(--mono); font-size: 12px; }
.pill { justify-self: start; display: inline-flex; align-items: center; gap: 6px; border-radius: 99px; padding: 2px 10px 2px 8px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.pill::before { content: ''; flex: none; width: 7px; height: 7px; border-radius: 99px; background: currentColor; }
.pill.triggered { color: var(--red); background: var(--red-back); }
.pill.acknowledged { color: var(--amber); background: var(--amber-back); }
.pill.resolved { color: var(--green); background: var(--green-back); }
.urgency { font-weight: 600; font-size: 13px; } .urgency.high { color: var(--red); } .urgency.low { color: var(--muted); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.body { padding: 6px 18px 20px; background: var(--raised); }
.body .columns { padding-top: 12px; border-top: 1px solid var(--line); }
.columns { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 32px; }
.columns section { margin-bottom: 22px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); font-weight: 400; overflow-wrap: anywhere; }
th { color: var(--muted); width: 170px; padding-right: 16px; } tr:last-child > * { border-bottom: 0; }
td { white-space: pre-wrap; }
pre { margin: 0; font: 12px/1.5 var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 320px; overflow: auto; }
.timeline { list-style: none; margin: 0; padding: 0; }
.timeline li { position: relative; padding: 0 0 14px 20px; overflow-wrap: anywhere; }
.timeline li::before { content: ''; position: absolute; left: 2px; top: 6px; width: 8px; height: 8px; border-radius: 99px; background: var(--muted); z-index: 1; }
.timeline li::after { content: ''; position: absolute; left: 5.5px; top: 12px; bottom: -6px; width: 1px; background: var(--line); }
.timeline li:last-child::after { display: none; }
.timeline .triggered::before, .timeline .reopened::before, .timeline .unacknowledged::before { background: var(--red); }
.timeline .acknowledged::before { background: var(--amber); } .timeline .resolved::before { background: var(--green); }
.actions { display: flex; gap: 10px; align-items: center; padding: 12px 0; flex-wrap: wrap; }
.actions form { margin: 0; }
button { font: inherit; font-weight: 600; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 5px 14px; cursor: pointer; }
button:hover { border-color: var(--muted); }
button.main { background: light-dark(#13733f, #1f8a50); border-color: transparent; color: #fff; }
.empty { padding: 64px 20px; text-align: center; color: var(--muted); }
.empty b { display: block; color: var(--text); font-size: 16px; margin-bottom: 4px; }
.pages { display: flex; justify-content: space-between; padding: 14px 4px; color: var(--muted); }
.sheet { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 24px; }
.sheet h1 { margin: 10px 0 4px; overflow-wrap: anywhere; }
.facts { display: flex; gap: 8px 22px; flex-wrap: wrap; color: var(--muted); margin-bottom: 6px; }
.sheet .columns { margin-top: 14px; padding-top: 18px; border-top: 1px solid var(--line); }
.plain-link { color: var(--muted); }
.images { display: flex; gap: 12px; flex-wrap: wrap; } .images img { max-width: 100%; max-height: 260px; border: 1px solid var(--line); border-radius: 8px; display: block; }
ul.links { margin: 0; padding: 0; list-style: none; }
@media (max-width: 860px) {
  .row { grid-template-columns: minmax(0, 1fr) auto; gap: 6px 12px; padding: 12px 14px; }
  .row > .what { grid-column: 1 / -1; order: 1; } .row > .service, .row > .created { order: 2; }
  .urgency + .sub { display: inline; margin-left: 6px; } .created { text-align: right; } .created .sub { display: none; }
  .head, .chevron, .row > .number { display: none; }
  .columns { grid-template-columns: 1fr; gap: 0; } .tabs { grid-template-columns: 1fr 1fr; } main { padding: 14px; }
  .bar > div { flex-wrap: wrap; } .search { margin: 0; width: 100%; } .search input { width: 100%; } th { width: 110px; }
}
`
