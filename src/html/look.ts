/** What all our pages share: colours for light and dark, type, and nothing fetched from anywhere. */
export const LOOK = `
:root {
  color-scheme: light dark;
  --back: light-dark(#f4f5f8, #10131a);
  --card: light-dark(#ffffff, #191e28);
  --raised: light-dark(#f8f9fb, #1f2531);
  --line: light-dark(#e3e6ec, #2b3240);
  --text: light-dark(#1a2130, #e8ebf2);
  --muted: light-dark(#667085, #93a0b5);
  --link: light-dark(#1d5fd0, #7fb0ff);
  --red: light-dark(#c2252e, #ff7b80);
  --red-back: light-dark(#fdebec, #3d1c21);
  --amber: light-dark(#9a5b00, #f5b748);
  --amber-back: light-dark(#fdf2dc, #3a2c12);
  --green: light-dark(#13733f, #5fd394);
  --green-back: light-dark(#e2f5ea, #14331f);
  --shadow: 0 1px 2px light-dark(#1018280f, #0006);
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace;
}
* { box-sizing: border-box; }`
