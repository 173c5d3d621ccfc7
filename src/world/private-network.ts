import { BlockList, isIP } from 'node:net'
import { buildConnector } from 'undici'

/**
 * What is no address of the public internet, by https://www.iana.org/assignments/iana-ipv4-special-registry and
 * https://www.iana.org/assignments/iana-ipv6-special-registry: this machine, private networks, link-local addresses (where
 * clouds keep their metadata), and what is reserved.
 */
const IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  // The metadata of Azure: https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  ['168.63.129.16', 32],
]

const IPV6: readonly (readonly [network: string, prefix: number])[] = [
  // Unspecified, loopback, and addresses of IPv4 in a form that nobody uses any more.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

/** All of them. */
export const NOT_PUBLIC: BlockList = blockList()

function blockList(): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of IPV4) {
    // This finds ::ffff:127.0.0.1 as well; the second, what a translator between the two makes of it (RFC 6052).
    list.addSubnet(network, prefix, 'ipv4')
    list.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6')
  }
  for (const [network, prefix] of IPV6) list.addSubnet(network, prefix, 'ipv6')
  return list
}

/** Whether a host is written as an address that is none of the public internet. A name is not: it may lead anywhere. */
export function isPrivateAddress(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(address)
  return family !== 0 && NOT_PUBLIC.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** The code of the error of a connection that `guardedConnector` refused. */
export const REFUSED_CODE = 'ERR_IP_BLOCKED'

/**
 * Connects to no address of the list. It is the address of the socket itself that is looked at, after the name was looked up:
 * there is no moment at which a name could come to mean something else.
 */
export function guardedConnector(
  settings: buildConnector.BuildOptions & { readonly timeout: number },
  refused: BlockList,
): buildConnector.connector {
  // The port is that of each target.
  const connectPlain = buildConnector({ timeout: settings.timeout, blockList: refused, port: 0 })
  const connectSecure = buildConnector(settings)
  return (target, callback) => {
    if (target.protocol !== 'https:') return connectPlain(target, callback)
    // Sockets for TLS take no block list, so they are given one that is connected already.
    const { servername: _, ...host } = target
    return connectPlain({ ...host, protocol: 'http:', port: target.port || '443' }, (...result) => {
      const [error, httpSocket] = result
      if (error === null) connectSecure({ ...target, httpSocket }, callback)
      else callback(error, null)
    })
  }
}
