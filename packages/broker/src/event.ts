import type { AuditKind, AuditResult } from '@writ/core';
import type { AuditEvent } from '@writ/store';

/** An event as the broker writes it: its kind and result are those by which the log can be filtered. */
export type BrokerEvent = AuditEvent & { readonly kind: AuditKind; readonly result?: AuditResult };
