import { Command } from 'commander';

new Command('writ').description('Scoped, short-lived credentials for provider APIs.').parse();
