import type { Preset } from '../operation.ts';

/** Reads that a deploying job needs to follow what it began. */
const WATCH = [
  'deployment',
  'deployments',
  'deploymentEvents',
  'deploymentLogs',
  'buildLogs',
  'serviceInstance',
  'service',
];

/** What people often grant of Railway. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'look_around',
    title: 'Look around',
    description:
      'Reads everything that is not secret: projects, services, deployments, logs. Changes nothing, and sees no variable.',
    operations: ['*:read'],
    shared: true,
  },
  {
    id: 'logs',
    title: 'Read logs and metrics',
    description: 'Reads what deployments and environments write, and how they do. Sees no configuration.',
    operations: [
      ...['buildLogs', 'deploymentLogs', 'environmentLogs', 'httpLogs', 'pluginLogs', 'metrics', 'httpMetrics'],
      ...['httpDurationMetrics', 'httpMetricsGroupedByStatus', 'deployment', 'deployments', 'deploymentEvents'],
    ],
    shared: false,
  },
  {
    id: 'deploy',
    title: 'Deploy',
    description:
      'Deploys the connected source again, restarts, cancels, and follows what becomes of it. Changes no configuration.',
    operations: [
      ...['serviceInstanceDeploy', 'serviceInstanceDeployV2', 'serviceInstanceRedeploy', 'deploymentRedeploy'],
      ...['deploymentRestart', 'deploymentCancel', ...WATCH],
    ],
    shared: false,
  },
  {
    id: 'domains',
    title: 'Manage domains',
    description: 'Adds domains under a suffix of yours, and changes their ports. Removes none.',
    operations: [
      ...[
        'domains',
        'customDomain',
        'customDomainAvailable',
        'domainStatus',
        'customDomainCreate',
        'customDomainUpdate',
      ],
      'customDomainIssueCertificate',
    ],
    shared: false,
    needs: [
      {
        operation: 'customDomainCreate',
        path: 'input.domain',
        comparison: 'ends_with',
        question: 'Which domains? Give the end that they all have.',
        example: '.staging.example.com',
      },
    ],
  },
  {
    id: 'variables',
    title: 'Set variables',
    description:
      'Sets variables of services, one by one. Sees no value, removes none, and sets none that decides what code runs.',
    operations: ['variableUpsert'],
    shared: false,
  },
  {
    id: 'size',
    title: 'Scale services',
    description: 'Changes how much memory and processor a service may take, stops it and starts it again.',
    operations: [
      ...['serviceInstanceLimitsUpdate', 'serviceInstanceLimits', 'deploymentStop', 'deploymentRestart', ...WATCH],
      'metrics',
    ],
    shared: false,
    needs: [
      {
        operation: 'serviceInstanceLimitsUpdate',
        path: 'input.memoryGB',
        comparison: 'at_most',
        question: 'How much memory at most, in GB?',
        example: '8',
      },
      {
        operation: 'serviceInstanceLimitsUpdate',
        path: 'input.vCPUs',
        comparison: 'at_most',
        question: 'How many processors at most?',
        example: '4',
      },
    ],
  },
  {
    id: 'backups',
    title: 'Make backups',
    description: 'Makes backups of volumes, locks them against removal, and lists them. Restores and removes none.',
    operations: [
      ...['volumeInstance', 'volumeInstanceBackupList', 'volumeInstanceBackupScheduleList'],
      ...['volumeInstanceBackupCreate', 'volumeInstanceBackupLock'],
    ],
    shared: false,
  },
];
