import { WritError } from '@writ/core';
import { isRefusal } from '../../ask/answer.ts';
import { isRejected } from '../../ask/no-answer.ts';
import type { Document } from '../../graphql/ask/documents.ts';
import type { Answer, Ask, Question, UpstreamDeps } from '../../provider.ts';
import { Knowledge, type Need } from '../../reach/knowledge.ts';
import { mapBounded } from '../../reach/map-bounded.ts';
import { findBy } from './ask.ts';
import type { Contents, EnvironmentFacts, Filled, ProjectFacts, Scope } from './facts.ts';
import { noAnswer } from './unresolved.ts';
import { readContents, readProject, readProjectIds, readScope } from './walk.ts';

const MAX_HOMES = 50_000;
/** For how long a root credential counts as accepted once Railway has said whose it is. */
const ACCEPTED_MS = 30_000;

/**
 * What lies where. It walks from projects to environments to what is in them, since no volume, domain or trigger can be looked up by id.
 * Every method takes how new its answer must be, and throws `environment_unresolved` rather than give half an answer.
 */
export class Inventory {
  /** Every question but that of who the token is goes through `#askDoubting`. */
  readonly deps: UpstreamDeps;
  readonly #askWho: Ask;
  readonly #knowledge: Knowledge;
  /** `kind:id` -> the project it was last seen in: where to look first, never an answer. */
  readonly #homes = new Map<string, string>();

  constructor(deps: UpstreamDeps) {
    this.deps = { ...deps, ask: (question) => this.#askDoubting(question) };
    this.#askWho = deps.ask;
    this.#knowledge = new Knowledge(deps.now);
  }

  /** A version: changes whenever anything that is known may have changed. */
  get version(): number {
    return this.#knowledge.version;
  }

  /** Drops all knowledge. */
  drop(): void {
    this.#knowledge.drop();
  }

  /** Keeps the answer to a caller's own question under a key. */
  keep<T>(key: string, need: Need, load: (need: Need) => Promise<T>): Promise<T> {
    return this.#knowledge.get(key, need, (now) => this.doubting(() => load(now)));
  }

  /**
   * Railway gives the same answer for a token that it no longer accepts and for an id that does not exist. So it is then asked whose the
   * token is.
   */
  async doubting<T>(load: () => Promise<T>): Promise<T> {
    try {
      const found = await load();
      if (found === undefined) await this.#demandAccepted();
      return found;
    } catch (error) {
      if (error instanceof WritError && error.code === 'environment_unresolved' && error.cause === undefined)
        await this.#demandAccepted();
      throw error;
    }
  }

  /**
   * A 401 or 403 can have its cause in the question: a firewall may take an id that a client made up for an attack. Only the answer to
   * whose the token is tells that it is refused, so that no client can make Writ believe so.
   */
  async #askDoubting(question: Question): Promise<Answer> {
    const answer = await this.#askWho(question);
    if (!isRefusal(answer)) return answer;
    try {
      await this.scope({ since: this.deps.now() });
    } catch (why) {
      if (isRejected(why)) return answer;
      throw why;
    }
    const detail = `Railway refuses to answer ${question.name} for what it asks about, though it accepts the root credential.`;
    throw new WritError('upstream_unavailable', { detail });
  }

  async #demandAccepted(): Promise<void> {
    await this.scope({ since: this.deps.now() - ACCEPTED_MS });
  }

  /** Asks for one thing by id; `undefined` where there is none for this token. */
  find<T>(document: Document<T>, variables: Readonly<Record<string, unknown>>, need: Need): Promise<T | undefined> {
    const key = `${document.name} ${JSON.stringify(variables)}`;
    return this.keep(key, need, () => findBy(this.deps.ask, document, variables));
  }

  /** What the root credential reaches. Tells the broker whether it was accepted. */
  scope(need: Need): Promise<Scope> {
    const { credential } = this.deps;
    return this.#knowledge.get('scope', need, async () => {
      try {
        const scope = await readScope(this.#askWho);
        await credential?.(true);
        return scope;
      } catch (error) {
        if (isRejected(error)) await credential?.(false);
        throw error;
      }
    });
  }

  project(id: string, need: Need): Promise<ProjectFacts | undefined> {
    return this.keep(`project ${id}`, need, async (now) => {
      const project = await readProject(this.deps.ask, { id, scope: await this.scope(now) });
      if (project) this.#settleDirectory(project);
      return project;
    });
  }

  /** All projects the credential reaches. */
  async projects(need: Need): Promise<readonly ProjectFacts[]> {
    const ids = await this.keep('projects', need, async (now) => readProjectIds(this.deps.ask, await this.scope(now)));
    return mapBounded(ids, async (id) => {
      const project = await this.project(id, need);
      if (!project) throw noAnswer('inventory.projects');
      return project;
    });
  }

  /** What lies in one environment. */
  contents(environment: EnvironmentFacts, need: Need): Promise<Contents> {
    return this.keep(`contents ${environment.id}`, need, async () => {
      const contents = await readContents(this.deps.ask, environment);
      this.#settleContents(environment.projectId, contents);
      return contents;
    });
  }

  /** A project's environments with what lies in each. */
  filled(project: ProjectFacts, need: Need): Promise<readonly Filled[]> {
    return mapBounded(project.environments, async (environment) => ({
      environment,
      ...(await this.contents(environment, need)),
    }));
  }

  /** The project something was last seen in, read anew if need be. */
  async home(key: string, need: Need): Promise<ProjectFacts | undefined> {
    const id = this.#homes.get(key);
    return id === undefined ? undefined : this.project(id, need);
  }

  settle(key: string, projectId: string): void {
    this.#homes.set(key, projectId);
    if (this.#homes.size <= MAX_HOMES) return;
    const [oldest] = this.#homes.keys();
    if (oldest !== undefined) this.#homes.delete(oldest);
  }

  #settleDirectory(project: ProjectFacts): void {
    for (const { id } of project.environments) this.settle(`environment:${id}`, project.id);
    for (const { id } of project.services) this.settle(`service:${id}`, project.id);
    for (const { id } of project.volumes) this.settle(`volume:${id}`, project.id);
    for (const { id } of project.buckets) this.settle(`bucket:${id}`, project.id);
  }

  #settleContents(projectId: string, contents: Contents): void {
    for (const { id } of contents.instances) this.settle(`service_instance:${id}`, projectId);
    for (const { kind, id } of contents.domains) this.settle(`${kind}:${id}`, projectId);
    for (const { id, volumeId } of contents.volumeInstances) {
      this.settle(`volume_instance:${id}`, projectId);
      this.settle(`volume:${volumeId}`, projectId);
    }
    for (const { id } of contents.triggers) this.settle(`deployment_trigger:${id}`, projectId);
  }
}
