import { join, isAbsolute } from 'node:path'
import { section, text, type Field } from '../fields.ts'
import type { DiscoverSettings } from '../settings.ts'
import type { DiscoverConfig } from '../written.ts'

/** Where destinations are found, beside those in the file. */
export interface DiscoverShape {
  readonly kubernetes: {
    readonly namespace?: string
    readonly selector: string
    readonly kubeconfig_file?: string
  }
}

/** In `to` of a route it means every destination that was found, however many there are. */
export const DISCOVERED = 'discovered'

/** What can be written for it. */
export function discoverShape(): Field<DiscoverShape> {
  return section<DiscoverShape>(
    {
      kubernetes: section<DiscoverShape['kubernetes']>(
        {
          namespace: text('Where the Secrets are.', 'monitoring').optional(),
          selector: text('The labels that such a Secret has.', 'publishing-target=true').prefault(
            'publishing-target=true',
          ),
          kubeconfig_file: text(
            'A kubeconfig, in place of the service account that a pod has.',
            'a path',
          ).optional(),
        },
        'Each Secret with these labels is a destination.',
      ),
    },
    'Where destinations are found, beside those in this file.',
  )
}

/** What it means. Paths are relative to the config's directory. */
export function discoverSettings({ kubernetes }: DiscoverShape, directory: string): DiscoverSettings {
  const { namespace, selector, kubeconfig_file: file } = kubernetes
  return {
    kubernetes: {
      selector,
      ...(namespace === undefined ? {} : { namespace }),
      ...(file === undefined ? {} : { kubeconfigFile: isAbsolute(file) ? file : join(directory, file) }),
    },
  }
}

/** As it could have been written. */
export function effectiveDiscover({ kubernetes }: DiscoverShape): DiscoverConfig {
  return { kubernetes }
}
