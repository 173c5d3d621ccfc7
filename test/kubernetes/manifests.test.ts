import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { parseConfig, readTarget } from '../../src/config/config.ts'

const ROOT = join(import.meta.dirname, '../../deploy/kubernetes')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

type Labels = Readonly<Record<string, string>>

/** As much of a manifest as is compared here. */
interface Manifest {
  readonly path: string
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels }
  readonly resources?: readonly string[]
  readonly components?: readonly string[]
  readonly data?: Labels
  readonly stringData?: Labels
  readonly rules?: readonly object[]
  readonly roleRef?: object
  readonly subjects?: readonly object[]
  readonly spec?: Spec
}

interface Spec {
  readonly replicas: number
  readonly minAvailable: number
  readonly selector: { readonly matchLabels: Labels }
  readonly template: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec }
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: string }[]
  readonly endpoints: readonly {
    readonly port: string
    readonly authorization: { readonly credentials: Ref }
  }[]
}

interface Ref {
  readonly name: string
  readonly key: string
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

interface PodSpec {
  readonly serviceAccountName: string
  readonly automountServiceAccountToken: boolean
  readonly terminationGracePeriodSeconds: number
  readonly securityContext: object
  readonly containers: readonly Container[]
  readonly volumes: readonly {
    readonly name: string
    readonly configMap?: { readonly name: string }
    readonly secret?: {
      readonly secretName: string
      readonly items: readonly { key: string; path: string }[]
    }
  }[]
}

interface Container {
  readonly args: readonly string[]
  readonly image: string
  readonly env: readonly { readonly name: string; readonly valueFrom: { readonly secretKeyRef: Ref } }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly livenessProbe: Probe
  readonly readinessProbe: Probe
  readonly startupProbe: Probe
  readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } }
  readonly securityContext: object
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
}

const PATHS = globSync('**/*.yaml', { cwd: ROOT }).toSorted((one, other) => (one < other ? -1 : 1))
const ALL: readonly Manifest[] = PATHS.flatMap((path) =>
  parseAllDocuments(read(path)).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], [], path)
    return Object.assign(document.toJS() as Manifest, { path })
  }),
)
const OBJECTS = ALL.filter(({ apiVersion }) => !apiVersion.startsWith('kustomize.config.k8s.io/'))
const TARGETS = OBJECTS.filter(({ metadata }) => metadata.labels?.['publishing-target'] !== undefined)

function the(kind: string, name?: string): Manifest {
  const found = OBJECTS.filter(
    (one) => one.kind === kind && (name === undefined || one.metadata.name === name),
  )
  assert.equal(found.length, 1, `${kind} ${name ?? ''}`)
  return found[0] as Manifest
}

const DEPLOYMENT = the('Deployment').spec as Spec
const POD = DEPLOYMENT.template.spec
const [CONTAINER] = POD.containers as [Container]
const CONFIG = the('ConfigMap').data?.['tocsin.yaml'] ?? ''

function settings(): ReturnType<typeof parseConfig> & { readonly ok: true } {
  const env = { TOCSIN_STORE: 'postgres://tocsin:pw@db.example:5432/tocsin' }
  const files = mountedFiles()
  const parsed = parseConfig(CONFIG, {
    path: CONTAINER.args[2] ?? '',
    env,
    readFile: (path) => files.get(path) ?? assert.fail(`nothing is mounted at ${path}`),
  })
  assert(parsed.ok, JSON.stringify(parsed))
  return parsed
}

/** What the pod finds of its own Secret, each with another token in it. */
function mountedFiles(): ReadonlyMap<string, string> {
  return new Map(
    POD.volumes.flatMap(({ name, secret }) => {
      const mount = CONTAINER.volumeMounts.find((mount) => mount.name === name)
      assert(mount !== undefined, name)
      return (secret?.items ?? []).map(({ key, path }) => {
        assert(the('Secret', secret?.secretName).stringData?.[key] !== undefined, key)
        return [`${mount.mountPath}/${path}`, `token-of-enough-length-${key}`] as const
      })
    }),
  )
}

test('every file is reached from a kustomization, and every reference leads to one', () => {
  const kustomizations = ALL.filter(({ path }) => path.endsWith('kustomization.yaml'))
  const references = kustomizations.flatMap(({ path, resources = [], components = [] }) =>
    [...resources, ...components].map((to) => {
      const place = normalize(join(dirname(path), to))
      return to.endsWith('.yaml') ? place : join(place, 'kustomization.yaml')
    }),
  )
  for (const reference of references) assert(PATHS.includes(reference), reference)
  const entrances = ['overlays/example/kustomization.yaml']
  assert.deepEqual(
    PATHS.filter((path) => !references.includes(path)),
    entrances,
  )
})

test('everything is in one namespace, which is there', () => {
  const { name } = the('Namespace').metadata
  for (const { kind, metadata } of OBJECTS)
    if (kind !== 'Namespace') assert.equal(metadata.namespace, name, `${kind} ${metadata.name}`)
})

test('who selects pods selects these, and who selects the service finds it', () => {
  const { labels } = DEPLOYMENT.template.metadata
  const selects = (selector: object, labels: Labels): void =>
    assert.deepEqual(selector, Object.fromEntries(Object.keys(selector).map((key) => [key, labels[key]])))
  selects(DEPLOYMENT.selector.matchLabels, labels)
  selects(the('Service').spec?.selector ?? {}, labels)
  selects(the('PodDisruptionBudget').spec?.selector.matchLabels ?? {}, labels)
  selects(the('ServiceMonitor').spec?.selector.matchLabels ?? {}, the('Service').metadata.labels ?? {})
})

test('the ports agree, down to where the config listens', () => {
  const [port] = CONTAINER.ports
  const [served] = the('Service').spec?.ports ?? []
  assert.equal(port?.containerPort, settings().settings.server.port)
  assert.equal(served?.targetPort, port?.name)
  assert.equal(the('ServiceMonitor').spec?.endpoints[0]?.port, served?.name)
  for (const { httpGet } of [CONTAINER.livenessProbe, CONTAINER.readinessProbe, CONTAINER.startupProbe])
    assert.equal(httpGet.port, port?.name)
})

test('the probes ask what they are to ask', () => {
  assert.equal(CONTAINER.livenessProbe.httpGet.path, '/healthz')
  assert.equal(CONTAINER.startupProbe.httpGet.path, '/healthz')
  assert.equal(CONTAINER.readinessProbe.httpGet.path, '/readyz')
})

test('the config passes our own check without a warning, and is read where it is mounted', () => {
  const { settings: found, warnings } = settings()
  assert.deepEqual(warnings, [])
  assert.deepEqual(found.discover, { kubernetes: { selector: 'publishing-target=true' } })
  const volume = POD.volumes.find(({ configMap }) => configMap !== undefined)
  assert.equal(volume?.configMap?.name, the('ConfigMap').metadata.name)
  const mount = CONTAINER.volumeMounts.find(({ name }) => name === volume?.name)
  assert.deepEqual(CONTAINER.args, ['serve', '--config', `${mount?.mountPath}/tocsin.yaml`])
})

test('every variable and every file of the config comes from a Secret that is there', () => {
  const variables = Array.from(CONFIG.matchAll(/\$\{(\w+)\}/g), ([, name]) => name)
  assert.deepEqual(
    CONTAINER.env.map(({ name }) => name),
    variables,
  )
  for (const { valueFrom } of CONTAINER.env) {
    const { name, key } = valueFrom.secretKeyRef
    assert(the('Secret', name).stringData?.[key] !== undefined, key)
  }
  const { name = '', key = '' } = the('ServiceMonitor').spec?.endpoints[0]?.authorization.credentials ?? {}
  assert(the('Secret', name).stringData?.[key] !== undefined)
  const metrics = settings().settings.server.tokens.find(({ scopes }) => scopes.join() === 'metrics')
  assert.equal(metrics?.token(), `token-of-enough-length-${key}`)
})

test('a stopping pod has time for its hook, its requests and what is in flight', () => {
  const [, seconds] = CONTAINER.lifecycle.preStop.exec.command
  const needed = Number(seconds) + (2 * settings().settings.drainMs) / 1000
  assert(POD.terminationGracePeriodSeconds > needed)
})

test('one replica may go at a time, and one stays', () => {
  assert.equal(DEPLOYMENT.replicas, 2)
  assert.equal(the('PodDisruptionBudget').spec?.minAvailable, 1)
})

test('the pod may read the Secrets of its namespace, and nothing else', () => {
  assert.deepEqual(the('Role').rules, [{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] }])
  const { roleRef, subjects } = the('RoleBinding')
  const { name, namespace } = the('ServiceAccount').metadata
  assert.deepEqual(roleRef, {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'Role',
    name: the('Role').metadata.name,
  })
  assert.deepEqual(subjects, [{ kind: 'ServiceAccount', name, namespace }])
  assert.equal(POD.serviceAccountName, name)
  assert(POD.automountServiceAccountToken)
  assert(!OBJECTS.some(({ kind }) => kind.startsWith('Cluster')))
})

test('the pod runs as nobody in particular and can write nowhere', () => {
  assert.deepEqual(POD.securityContext, {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  assert.deepEqual(CONTAINER.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
})

/** What is to be replaced, replaced by what its key asks for. */
const REPLACEMENTS: Readonly<Record<string, string>> = {
  REPLACE_WITH_KEY: 'a1'.repeat(16),
  REPLACE_WITH_TOKEN: 'xoxb-for-a-test',
  REPLACE_WITH_URL: 'https://tickets.example/hook',
  REPLACE_WITH_PASSWORD: 'pw-for-a-test',
  REPLACE_WITH_SIGNING_KEY: `whsec_${'A'.repeat(32)}`,
}

test('there is a target of each kind that the documents name', () => {
  assert.deepEqual(
    TARGETS.map(({ metadata }) => metadata.labels?.['type']).toSorted((one = '', other = '') =>
      one < other ? -1 : 1,
    ),
    ['email', 'pagerduty', 'rootly', 'slack', 'webhook'],
  )
})

for (const { path, metadata, stringData = {} } of TARGETS) {
  const secret = (change: (value: string) => string): Parameters<typeof readTarget>[0] => ({
    name: metadata.name,
    resourceVersion: '1',
    labels: metadata.labels ?? {},
    data: Object.fromEntries(
      Object.entries(stringData).map(([key, value]) => [key, Buffer.from(change(value)).toString('base64')]),
    ),
  })

  test(`the target in ${relative('overlays/example', path)} is a destination once its values are replaced`, () => {
    const target = readTarget(secret((value) => REPLACEMENTS[value] ?? value))
    assert.equal(target.is, 'destination', JSON.stringify(target))
    assert.equal(metadata.labels?.['publishing-target'], 'true')
  })

  test(`the target in ${relative('overlays/example', path)} holds nothing that looks like a secret`, () => {
    const text = JSON.stringify(stringData)
    assert.match(text, /REPLACE_WITH_/)
    assert.doesNotMatch(text, /[A-Za-z0-9]{20,}|xox[a-z]-|whsec_|hooks\.slack/)
  })
}
