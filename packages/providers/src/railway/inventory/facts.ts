import type { Container, Located, Place } from '../../reach/located.ts';

/** An environment as Railway shows it. */
export interface EnvironmentFacts extends Place {
  readonly name: string;
  readonly projectId: string;
}

/** A thing with a name that belongs to a project as a whole. */
export interface NamedThing {
  readonly id: string;
  readonly name: string;
}

/** A project and the directory of what it holds. */
export interface ProjectFacts extends NamedThing, Container {
  readonly workspaceId: string | undefined;
  readonly environments: readonly EnvironmentFacts[];
  readonly services: readonly NamedThing[];
  readonly volumes: readonly NamedThing[];
  readonly buckets: readonly NamedThing[];
}

/** A service in an environment. */
export interface InstanceFacts {
  readonly id: string;
  readonly serviceId: string;
}

/** A host name in an environment. */
export interface DomainFacts {
  readonly kind: 'custom_domain' | 'service_domain';
  readonly id: string;
  readonly domain: string;
  readonly serviceId: string;
}

/** A volume in an environment. Sizes in megabytes. */
export interface VolumeInstanceFacts {
  readonly id: string;
  readonly volumeId: string;
  readonly volumeName: string;
  readonly serviceId: string | undefined;
  readonly mountPath: string;
  readonly sizeMB: number;
  readonly currentSizeMB: number;
}

/** A deployment trigger: deploys by itself when its branch changes. */
export interface TriggerFacts {
  readonly id: string;
  readonly serviceId: string | undefined;
  readonly branch: string;
  readonly repository: string;
}

/** What lies in one environment. */
export interface Contents {
  readonly instances: readonly InstanceFacts[];
  readonly domains: readonly DomainFacts[];
  readonly volumeInstances: readonly VolumeInstanceFacts[];
  readonly triggers: readonly TriggerFacts[];
}

/** An environment with what lies in it. */
export interface Filled extends Contents {
  readonly environment: EnvironmentFacts;
}

/** A resource that was found. */
export type Found = Located<ProjectFacts>;

/** What a root credential reaches. */
export type Scope =
  | { readonly kind: 'workspaces'; readonly workspaces: readonly NamedThing[] }
  | { readonly kind: 'environment'; readonly projectId: string; readonly environmentId: string };
