import { PATHS } from './openapi-paths.ts'
import { RESPONSES, SCHEMAS } from './openapi-schemas.ts'

const DESCRIPTION = `Alerts come in, incidents go out. An alert that was answered 2xx is durable: it is told, in order, until
it is accepted. What is wrong with a request is answered 4xx, with everything that is wrong and where, and nothing of it
happens.

Every GET also answers HEAD. A token goes as \`Authorization: Bearer TOKEN\`, or as the password of Basic with any user name.
The scope that an endpoint needs is the role named in its security; without \`server.tokens\` none is needed. The two endpoints
under /v2/ that take events know their senders by the routing key instead.`

/** The description of everything that can be asked (OpenAPI 3.1). */
export function openApi(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tocsin',
      version,
      summary: 'Turns alerts into incidents, and keeps its word about both',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'intakes', description: 'Where alerts come in' },
      { name: 'events', description: "PagerDuty's Events API v2" },
      { name: 'incidents', description: 'What is known, why, and what a person may do about it' },
      { name: 'monitors', description: 'What we look at ourselves' },
      { name: 'alertmanager', description: "What amtool and dashboards ask of Alertmanager's API v2" },
      { name: 'probes', description: 'How the service does' },
      { name: 'pages', description: 'For people' },
    ],
    paths: PATHS,
    components: {
      schemas: SCHEMAS,
      responses: RESPONSES,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic', description: 'Any user name; the token is the password.' },
        routingKey: {
          type: 'apiKey',
          in: 'header',
          name: 'X-Routing-Key',
          description:
            'The routing key of a destination or of a source; usually it is `routing_key` in the body.',
        },
      },
    },
  }
}
