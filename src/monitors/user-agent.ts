/** What a monitor's request says of itself, so that whoever reads an access log knows who looks. */
export const USER_AGENT = 'tocsin (monitor)'
