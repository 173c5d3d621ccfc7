import { LOOK } from '../html/html.ts'

/** The style sheet of the pages: one for light and dark, nothing fetched from anywhere. */
export const STYLE: string = `${LOOK}
[hidden] { display: none !important; }
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
.tag { font-size: 12px; font-weight: 500; color: var(--muted); border: 1px solid var(--line); border-radius: 99px; padding: 1px 9px; white-space: nowrap; }
.search { margin-left: auto; }
.search input {
  width: 270px; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 12px;
}
main { max-width: 1240px; margin: auto; padding: 24px; }
h1 small { font-size: 14px; font-weight: 500; color: var(--muted); letter-spacing: 0; margin-left: 6px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; font-weight: 650; letter-spacing: -0.01em; }
.part { font-size: 16px; line-height: 1.3; margin: 30px 0 12px; font-weight: 650; color: var(--text); }
h2 { font-size: 12px; margin: 0 0 8px; font-weight: 600; color: var(--muted); }
.banner {
  display: flex; gap: 0 10px; align-items: center; flex-wrap: wrap; background: var(--amber-back); color: var(--amber);
  border: 1px solid color-mix(in srgb, var(--amber) 35%, transparent); border-radius: 10px;
  padding: 9px 14px; margin-bottom: 18px; overflow-wrap: anywhere;
}
.banner.bad { background: var(--red-back); color: var(--red); border-color: color-mix(in srgb, var(--red) 35%, transparent); }
.banner a { color: inherit; text-decoration: underline; }
.said { max-width: 1192px; margin: 18px auto -6px; width: calc(100% - 48px); }
.totals { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin-bottom: 20px; }
.totals > * {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 16px;
  color: var(--muted); box-shadow: var(--shadow); border-top: 3px solid var(--line);
}
.totals a:hover { text-decoration: none; border-color: var(--muted); }
.totals b { display: block; font-size: 26px; line-height: 1.2; color: var(--text); font-weight: 650; font-variant-numeric: tabular-nums; }
.totals .red b { color: var(--red); } .totals .amber b { color: var(--amber); } .totals .green b { color: var(--green); }
.filter { display: flex; gap: 4px; flex-wrap: wrap; margin: 0 0 12px; }
.filter a { color: var(--muted); padding: 3px 12px; border-radius: 99px; border: 1px solid transparent; font-weight: 500; }
.filter a:hover { text-decoration: none; color: var(--text); }
.filter a[aria-current] { color: var(--text); background: var(--card); border-color: var(--line); box-shadow: var(--shadow); }
.list { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); overflow: hidden; }
.row { display: grid; gap: 14px; align-items: center; padding: 12px 18px; }
.incidents .row { grid-template-columns: 128px 76px minmax(0, 1fr) 120px 140px 104px 44px 18px; }
.deliveries .row { grid-template-columns: 112px minmax(0, 1fr) 128px minmax(0, 1fr) 150px 84px; }
.silences .row { grid-template-columns: 112px minmax(0, 1.4fr) 128px minmax(0, 1fr) 170px 84px; }
.monitors .row { grid-template-columns: 140px minmax(0, 1fr) minmax(0, 2.2fr) 130px 124px; align-items: start; }
.monitors .why { display: grid; gap: 3px; } .why .sub { -webkit-line-clamp: none; } .none { color: var(--muted); }
.saw { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
.sub.amber { color: var(--amber); }
.destinations .row { grid-template-columns: minmax(0, 1.4fr) 150px minmax(0, 1fr) 150px 96px; }
.list > div:not(.head):not(.empty), details { border-top: 1px solid var(--line); }
.head { color: var(--muted); font-size: 12px; font-weight: 600; background: var(--raised); padding-block: 9px; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: var(--raised); }
details[open] > summary { background: var(--raised); }
.chevron { color: var(--muted); transition: transform .15s; justify-self: end; }
details[open] .chevron { transform: rotate(90deg); }
.title { font-weight: 600; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.sub { color: var(--muted); font-size: 12px; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 1; -webkit-box-orient: vertical; overflow: hidden; }
.why { font-size: 13px; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; }
.mono { font-family: var(--mono); font-size: 12px; }
.where { overflow-wrap: anywhere; }
.pill { justify-self: start; display: inline-flex; align-items: center; gap: 6px; border-radius: 99px; padding: 2px 10px 2px 8px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.pill::before { content: ''; flex: none; width: 7px; height: 7px; border-radius: 99px; background: currentColor; }
.pill.red { color: var(--red); background: var(--red-back); }
.pill.amber { color: var(--amber); background: var(--amber-back); }
.pill.green { color: var(--green); background: var(--green-back); }
.pill.grey { color: var(--muted); background: var(--raised); }
.word { font-weight: 600; font-size: 13px; } .word.red { color: var(--red); } .word.amber { color: var(--amber); }
.word.green { color: var(--green); } .word.grey { color: var(--muted); }
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
.timeline .red::before { background: var(--red); } .timeline .amber::before { background: var(--amber); } .timeline .green::before { background: var(--green); }
.timeline .sub { -webkit-line-clamp: 3; }
.actions { display: flex; gap: 10px; align-items: center; padding: 12px 0; flex-wrap: wrap; }
button { font: inherit; font-weight: 600; color: var(--text); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 5px 14px; cursor: pointer; }
button:hover { border-color: var(--muted); }
button:disabled { opacity: .55; cursor: default; }
button.main { background: light-dark(#13733f, #1f8a50); border-color: transparent; color: #fff; }
.empty { padding: 44px 20px; text-align: center; color: var(--muted); }
.empty b { display: block; color: var(--text); font-size: 16px; margin-bottom: 4px; }
.empty pre { text-align: left; background: var(--raised); color: var(--text); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; margin: 16px auto 0; max-width: 760px; }
.quiet { color: var(--muted); padding: 14px 18px; }
.pages { display: flex; justify-content: space-between; padding: 14px 4px 0; color: var(--muted); }
.sheet { background: var(--card); border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); padding: 24px; }
.sheet h1 { margin: 10px 0 4px; overflow-wrap: anywhere; }
.facts { display: flex; gap: 8px 22px; flex-wrap: wrap; color: var(--muted); margin-bottom: 6px; overflow-wrap: anywhere; }
.sheet .columns { margin-top: 14px; padding-top: 18px; border-top: 1px solid var(--line); }
.plain-link { color: var(--muted); }
ul.links { margin: 0; padding: 0; list-style: none; }
footer { max-width: 1240px; margin: auto; padding: 0 24px 28px; color: var(--muted); font-size: 12px; display: flex; gap: 6px 16px; flex-wrap: wrap; }
@media (max-width: 980px) {
  .row, .incidents .row, .deliveries .row, .silences .row, .monitors .row, .destinations .row { grid-template-columns: minmax(0, 1fr) auto; gap: 6px 12px; padding: 12px 14px; }
  .row > .what { grid-column: 1 / -1; order: 1; } .row > .where, .row > .told, .row > .when, .row > .does { order: 2; }
  .incidents .row > .word, .deliveries .row > .when { justify-self: end; } .deliveries .row > .does { order: 0; } .row > .does, .row > .told { justify-self: end; text-align: right; }
  .deliveries .row > .why, .silences .row > .why { grid-column: 1 / -1; order: 1; } .word + .sub, .when .sub { display: inline; margin-left: 6px; }
  .head, .chevron, .incidents .row > .number { display: none !important; }
  .monitors .row > .why { grid-column: 1 / -1; order: 1; } .monitors .row > .none { display: none; }
  .monitors .row > .when:last-child { justify-self: end; text-align: right; } .monitors .when:last-child .sub { display: block; }
  .destinations .row > .what { order: 0; }
  .columns { grid-template-columns: minmax(0, 1fr); gap: 0; } .totals { grid-template-columns: 1fr 1fr; } main { padding: 14px; }
  .said { width: calc(100% - 28px); } footer { padding: 0 14px 20px; }
  .bar > div { flex-wrap: wrap; padding: 12px 14px; } .search { margin: 0; width: 100%; } .search input { width: 100%; } th { width: 110px; }
}
`
