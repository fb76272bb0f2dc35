/** Templates: recipes for services, of one workspace or published for everybody. */
import { byTargetIn, EVERYTHING, type Operations, project, raise, refs, SHARED, workspace } from '../build.ts';

/** Deploying a template. New services appear in every environment that is not a fork, so naming an environment does not limit it. */
const deploying: Operations = {
  templateDeploy: {
    effect: 'execute',
    context: refs('environment:input.environmentId', 'workspace:input.workspaceId'),
    reach: project('input.projectId', workspace('input.workspaceId', EVERYTHING)),
    secret: ['input.services[].variables'],
    stored: [{ what: 'template_code', path: 'input.templateCode' }],
    why: 'makes and starts services of any code, with domains, ports, volumes and variables of the caller’s choosing',
  },
  templateDeployV2: {
    effect: 'execute',
    raises: raise('destroy', { is: 'set', paths: 'input.existingRootServiceId' }),
    targets: refs('service:input.existingRootServiceId'),
    context: refs('environment:input.environmentId', 'workspace:input.workspaceId'),
    reach: project('input.projectId', workspace('input.workspaceId', EVERYTHING)),
    secret: ['input.serializedConfig'],
    stored: [{ what: 'template', path: 'input.templateId' }],
    why: 'makes and starts services of any code; with an existing root it rebuilds a live database as a cluster',
  },
  templateRevert: {
    effect: 'destroy',
    targets: refs('service:input.rootServiceId'),
    context: refs('project:input.projectId'),
    reach: byTargetIn('input.environmentId'),
    stored: [{ what: 'template_code', path: 'input.templateCode' }],
    why: 'takes a cluster down to one member and deletes the group of the others',
  },
};

/** Making, publishing, deleting a template. Templates cannot be looked up by id. */
const authoring: Operations = {
  templateClone: {
    effect: 'write',
    reach: workspace('input.workspaceId', EVERYTHING),
    stored: [{ what: 'template_code', path: 'input.code' }],
    why: 'adds a copy of a template to the workspace',
  },
  templateDelete: {
    effect: 'destroy',
    context: refs('workspace:input.workspaceId'),
    reach: EVERYTHING,
    why: 'deletes the template, which may hold registry credentials that running services deploy with',
  },
  templateGenerate: {
    effect: 'reveal',
    context: refs('environment:input.environmentId'),
    reach: project('input.projectId'),
    stored: [{ what: 'environment_config', path: 'input.environmentId' }],
    why: 'copies the project’s configuration into a template',
  },
  templatePublish: {
    effect: 'escalate',
    reach: EVERYTHING,
    stored: [{ what: 'template', path: 'id' }],
    why: 'shows the template, and what it copied from a project, to everybody',
  },
  templateUnpublish: {
    effect: 'destroy',
    reach: EVERYTHING,
    why: 'takes the template from everybody who uses it',
  },
  templateVolumeUpdate: {
    effect: 'write',
    raises: raise('destroy', { is: 'absent', paths: 'sizeMB' }),
    reach: SHARED,
    why: 'a size for volumes that do not exist yet; its ids are the template’s own and name nothing in an environment',
  },
};

/** Templates. */
export const templates: Operations = { ...deploying, ...authoring };
