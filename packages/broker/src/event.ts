import type { AuditKind, AuditResult } from '@writ/core';
import type { AuditEvent } from '@writ/store';

/** What the broker writes into the log: of a kind, and with a result, that the log can be asked for. */
export type BrokerEvent = AuditEvent & { readonly kind: AuditKind; readonly result?: AuditResult };
