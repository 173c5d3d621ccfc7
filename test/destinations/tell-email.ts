/** A process that tells of one incident by mail, and goes on until it is killed: its arguments are the origin and the certificate. */
import { emailDestination } from '../../src/destinations/destinations.ts'
import { systemWorld } from '../../src/world/world.ts'
import { telling } from '../contracts/destination-kind.ts'
import { optionsAt, serverAt } from './email-stage.ts'

const [origin = '', certificate = ''] = process.argv.slice(2)
const options = optionsAt(origin, systemWorld({ logLevel: 'silent' }), 60_000)
await emailDestination({ ...options, server: serverAt(origin, { ca: () => certificate }) }).tell(telling())
