import type { Command } from 'commander';
import type { CliFactory } from '../cli.ts';
import { createAllowance } from './allowances/create.ts';
import { deleteAllowance } from './allowances/delete.ts';
import { listAllowances } from './allowances/list.ts';
import { approve } from './approvals/approve.ts';
import { deny, reopen } from './approvals/deny.ts';
import { listApprovals } from './approvals/list.ts';
import { look } from './approvals/look.ts';
import { showApproval } from './approvals/show.ts';
import { watchApprovals } from './approvals/watch.ts';
import { auditCheckpoint } from './audit/checkpoint.ts';
import { exportAudit } from './audit/export.ts';
import { listAudit } from './audit/list.ts';
import { auditPrune } from './audit/prune.ts';
import { verifyAudit } from './audit/verify.ts';
import { watchAudit } from './audit/watch.ts';
import { backup } from './backup.ts';
import { noun } from './command.ts';
import { exportData } from './data/export.ts';
import { importData } from './data/import.ts';
import { doctor } from './doctor/doctor.ts';
import { listFreezes } from './freeze/list.ts';
import { freezeOff } from './freeze/off.ts';
import { freezeOn } from './freeze/on.ts';
import { listGuardrails } from './guardrail/list.ts';
import { removeGuardrail } from './guardrail/remove.ts';
import { setGuardrail } from './guardrail/set.ts';
import { undoGuardrails } from './guardrail/undo.ts';
import { cancelHold } from './holds/cancel.ts';
import { listHolds } from './holds/list.ts';
import { releaseHold } from './holds/release.ts';
import { showHold } from './holds/show.ts';
import { compromiseKey } from './key/compromise.ts';
import { listKeys } from './key/list.ts';
import { rotateKeys } from './key/rotate.ts';
import { keyFileCopied } from './key-file/copied.ts';
import { replaceKeyFile } from './key-file/replace.ts';
import { addNotification } from './notifications/add.ts';
import { listNotifications } from './notifications/list.ts';
import { removeNotification } from './notifications/remove.ts';
import { setNotification } from './notifications/set.ts';
import { testNotification } from './notifications/test.ts';
import { restore } from './restore.ts';
import { serve } from './serve/serve.ts';

const APPROVALS = [showApproval, approve, deny, look, reopen, watchApprovals];
const ALLOWANCES = [createAllowance, deleteAllowance];
const GUARDRAILS = [listGuardrails, setGuardrail, removeGuardrail, undoGuardrails];

/** The commands for freezes, holds, guardrails, the audit log, keys and diagnosis. */
export function watchCommands(cli: CliFactory): Command[] {
  return [
    noun(
      'approvals',
      "Requests that wait for a human's yes.",
      APPROVALS.map((make) => make(cli)),
      listApprovals(cli),
    ),
    noun(
      'allowances',
      'What people have said yes to beforehand.',
      ALLOWANCES.map((make) => make(cli)),
      listAllowances(cli),
    ),
    noun('freeze', 'Stopping things at once.', [freezeOn(cli), freezeOff(cli), listFreezes(cli)]),
    noun(
      'holds',
      'Requests that wait for their time before they are sent.',
      [showHold(cli), cancelHold(cli), releaseHold(cli)],
      listHolds(cli),
    ),
    noun(
      'guardrail',
      'Rules that no grant can override.',
      GUARDRAILS.map((make) => make(cli)),
    ),
    noun('key', 'The keys that sign access tokens.', [listKeys(cli), rotateKeys(cli), compromiseKey(cli)]),
    noun('key-file', 'The key that seals the database.', [keyFileCopied(cli), replaceKeyFile()]),
    noun('audit', 'The tamper-evident record of every decision and change.', [
      listAudit(cli),
      watchAudit(cli),
      exportAudit(cli),
      auditCheckpoint(cli),
      verifyAudit(cli),
      auditPrune(cli),
    ]),
    noun('notifications', 'Who is told of what happens.', [
      listNotifications(cli),
      addNotification(cli),
      setNotification(cli),
      testNotification(cli),
      removeNotification(cli),
    ]),
    noun('data', 'All that there is, as a file: to move it, or to read it.', [exportData(cli), importData(cli)]),
    restore(),
    backup(cli),
    doctor(cli),
    serve(),
  ];
}
