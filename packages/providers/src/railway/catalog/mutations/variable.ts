/** Variables. */
import type { ArgumentPath, Raise } from '../../../review/review.ts';
import { environment, type Operations, raise, refs, words } from '../build.ts';

/**
 * Names of variables that tell builders, loaders, package managers and language runtimes what to run, or where to get it. Setting a
 * variable is `write`; setting one of these decides what runs. The list can never be complete: nobody knows what an application does with
 * its own variables.
 */
const CODE_NAMES = words(`
  NIXPACKS_START_CMD NIXPACKS_BUILD_CMD NIXPACKS_INSTALL_CMD NIXPACKS_PKGS NIXPACKS_APT_PKGS NIXPACKS_LIBS NIXPACKS_CONFIG_FILE
  RAILPACK_START_CMD RAILPACK_BUILD_CMD RAILPACK_INSTALL_CMD RAILPACK_PACKAGES RAILPACK_BUILD_APT_PACKAGES
  RAILPACK_DEPLOY_APT_PACKAGES RAILPACK_CONFIG_FILE RAILWAY_DOCKERFILE_PATH RAILWAY_RUN_UID
  LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT PATH BASH_ENV ENV PROMPT_COMMAND GIT_SSH_COMMAND
  NODE_OPTIONS NODE_PATH PYTHONSTARTUP PYTHONPATH PYTHONHOME RUBYOPT RUBYLIB PERL5OPT PERL5LIB PHP_INI_SCAN_DIR
  JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS CATALINA_OPTS MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS
  DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS CORECLR_PROFILER_PATH
  GIT_SSH GIT_CONFIG_GLOBAL GIT_CONFIG_COUNT SHELLOPTS BASHOPTS ZDOTDIR OPENSSL_CONF OPENSSL_MODULES LUA_INIT R_PROFILE_USER
  ERL_FLAGS ERL_AFLAGS ERL_ZFLAGS ELIXIR_ERL_OPTIONS RUSTC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER
  NPM_CONFIG_REGISTRY npm_config_registry NPM_CONFIG_SCRIPT_SHELL npm_config_script_shell YARN_REGISTRY
  YARN_NPM_REGISTRY_SERVER PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE UV_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL
  UV_DEFAULT_INDEX POETRY_REPOSITORIES BUNDLE_GEMFILE BUNDLE_MIRROR__ALL GOPROXY GOFLAGS GOTOOLCHAIN
`);

/** What raises an operation that takes a map of variables: a name that decides what runs, or a null, which deletes a variable. */
export function codeVariables(map: ArgumentPath): readonly Raise[] {
  return [
    ...raise('execute', { is: 'present', paths: CODE_NAMES.map((name) => `${map}.${name}`).join(' ') }),
    ...raise('destroy', { is: 'holds_null', paths: map }),
  ];
}

/** Variables. */
export const variables: Operations = {
  sharedVariableConfigure: {
    effect: 'reveal',
    raises: [
      ...raise('destroy', { is: 'present', paths: 'input.disabledServiceIds[]' }),
      { when: { path: 'input.name', one_of: CODE_NAMES }, to: 'execute' },
    ],
    targets: refs('service:input.enabledServiceIds[]', 'service:input.disabledServiceIds[]'),
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    why: 'hands a secret of the environment to more services, some of which decide what those run; the disabled ones lose it',
  },
  variableCollectionUpsert: {
    effect: 'write',
    raises: [...raise('destroy', { is: 'set', paths: 'input.replace' }), ...codeVariables('input.variables')],
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    secret: ['input.variables'],
    why: 'sets the variables it lists; with replace it drops all others first',
  },
  variableDelete: {
    effect: 'destroy',
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    why: 'deletes a value that may be nowhere else',
  },
  variableUpsert: {
    effect: 'write',
    raises: [{ when: { path: 'input.name', one_of: CODE_NAMES }, to: 'execute' }],
    targets: refs('service:input.serviceId'),
    context: refs('project:input.projectId'),
    reach: environment('input.environmentId'),
    secret: ['input.value'],
    why: 'sets one variable',
  },
};
