import { Option } from 'commander'

// Options that several commands take. Each has one meaning wherever it stands.

export function configOption(): Option {
  return new Option('--config <path>', 'the config (default: ./tocsin.yaml if there is one)')
}

export function storeOption(): Option {
  return new Option(
    '--store <path>',
    "the store: a file, or postgres://… (default: the config's, or ./tocsin.db)",
  )
}

export function urlOption(): Option {
  return new Option('--url <url>', 'a running Tocsin to ask instead, such as http://127.0.0.1:8350')
}

export function tokenOption(): Option {
  return new Option('--token <token>', 'the token for it (default: TOCSIN_TOKEN)')
}

export function timeoutOption(): Option {
  return new Option('--timeout <duration>', 'how long to wait for an answer').default('10s')
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON')
}
