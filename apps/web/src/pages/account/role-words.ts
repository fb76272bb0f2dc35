import type { Role } from '@writ/api';

/** What each role lets a person do, after what the roles before it do. */
export const MAY: Readonly<Record<Role, string>> = {
  auditor: 'looks at everything, changes nothing',
  approver: 'also says yes or no, and freezes',
  admin: 'also connects, makes clients and grants',
  owner: 'also invites people and loosens rules',
};
