import { counted, inert } from '@writ/core';
import type { Command } from 'commander';
import type { Cli, CliFactory } from '../../cli.ts';
import { EXIT, failureOf } from '../../failure.ts';
import { wrap } from '../../output/text.ts';
import { verb } from '../command.ts';
import { backupFindings } from './backups.ts';
import { brokerFindings, clientFindings, noticeFindings, peopleFindings, rulesFindings } from './broker.ts';
import { connectionFindings } from './connections.ts';
import { type Finding, notice, wrong } from './finding.ts';
import { keyCopyFindings } from './key-file.ts';
import { machineFindings } from './machine.ts';

/** `writ doctor`: what is wrong with a set-up, and how to put it right. */
export function doctor(makeCli: CliFactory): Command {
  return verb('doctor', {
    summary: 'Says what is wrong with the set-up, here and at the broker, and how to put it right.',
    examples: ['writ doctor', 'writ doctor --json'],
    notes:
      'The exit code is 1 when something is wrong; notices alone leave it 0. Once, it asks whether a copy of the key file is kept on another machine (writ key-file copied).',
  }).action(async () => {
    const cli = makeCli();
    const findings = [...(await machineFindings(cli.config)), ...(await remoteFindings(cli))];
    const count = findings.filter((finding) => finding.state === 'wrong').length;
    cli.show({ findings }, () => findingsText(cli, findings));
    if (count > 0) process.exitCode = EXIT.failed;
  });
}

async function remoteFindings(cli: Cli): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const look of [
    brokerFindings,
    peopleFindings,
    noticeFindings,
    keyCopyFindings,
    connectionFindings,
    clientFindings,
    rulesFindings,
    backupFindings,
  ]) {
    try {
      findings.push(...(await look(cli)));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.exit === EXIT.notSignedIn) {
        return [
          ...findings,
          notice(
            'Nobody is signed in here, so users, connections and rules were not looked at.',
            'writ login, or on a new broker: writ user setup',
          ),
        ];
      }
      return [...findings, wrong(failure.message, 'Then run writ doctor again.')];
    }
  }
  return findings;
}

const MARKS: Readonly<Record<Finding['state'], string>> = { ok: 'ok    ', notice: 'notice', wrong: 'WRONG ' };

function findingsText({ out: { width }, called }: Cli, findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ state, what, remedy }) => {
    const [first, ...rest] = wrap(inert(what), width - 8);
    const advice = remedy === undefined ? [] : wrap(`-> ${inert(called(remedy))}`, width - 8);
    return [`${MARKS[state]}  ${first}`, ...[...rest, ...advice].map((line) => `        ${line}`)];
  });
  const count = findings.filter((finding) => finding.state === 'wrong').length;
  return [...lines, '', count === 0 ? 'Nothing is wrong.' : `${counted(count, 'thing is', 'things are')} wrong.`].join(
    '\n',
  );
}
