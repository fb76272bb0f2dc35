import type { Role } from '@writ/api';
import { insertUser } from '@writ/store';
import { fakePassword } from '../../support/owner.ts';
import type { Seeding } from './seed.ts';

/** Somebody who can sign in. */
export interface Person {
  readonly role: Role;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/** How many have been invited and have not come yet. */
const INVITED = 40;

/** Adds one of each role who can sign in, and some who were invited. */
export async function addPeople({ services, clock, id }: Seeding): Promise<readonly Person[]> {
  const { store, organization_id, hashing } = services;
  const people = (['admin', 'approver', 'auditor'] as const).map((role) => ({
    role,
    email: `${role}@example.com`,
    name: `A. N. ${role}`,
    password: fakePassword(),
  }));
  for (const { role, email, name, password } of people) {
    const row = { organization_id, id: id('user'), role, email, name, created_at: clock.at };
    const password_hash = await hashing.hash(password);
    await store.transaction((tx) => insertUser(tx, { ...row, password_hash }));
  }
  await store.transaction(async (tx) => {
    for (let number = 1; number <= INVITED; number += 1) {
      const who = { email: `invited-${number}@example.com`, name: `Invited ${number}`, role: 'auditor' } as const;
      await insertUser(tx, { organization_id, id: id('user'), ...who, created_at: clock.at });
    }
  });
  return people;
}
