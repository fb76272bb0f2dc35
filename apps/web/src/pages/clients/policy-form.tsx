import { Checkbox, Input, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type CiSystem, draftFor, type PolicyDraft } from './policy.ts';

interface PolicyFormProps {
  readonly systems: readonly CiSystem[];
  readonly draft: PolicyDraft;
  readonly change: (draft: PolicyDraft) => void;
  readonly client_id: string;
  /** What the API said of it, by field: `auth.issuer`, `auth.claims.repository_id`. */
  readonly errors: Readonly<Record<string, string>>;
}

/** A trust policy as a form: which jobs of which CI system are this client. */
export function PolicyForm({ systems, draft, change, client_id, errors }: PolicyFormProps) {
  const system = systems.find(({ id }) => id === draft.ci);
  if (system === undefined) return null;
  const choose = (id: string | null): void => {
    const chosen = systems.find((each) => each.id === id);
    if (chosen !== undefined) change(draftFor(chosen, client_id));
  };
  return (
    <Stack gap="md">
      <Select
        label="CI system"
        data={systems.map(({ id, title }) => ({ value: id, label: title }))}
        value={draft.ci}
        error={errors['auth.ci']}
        allowDeselect={false}
        onChange={choose}
      />
      <TextInput
        label="Issuer"
        description={`As in the token, byte for byte: ${system.issuer.example}`}
        required
        value={draft.issuer}
        error={errors['auth.issuer']}
        onChange={(event) => change({ ...draft, issuer: event.currentTarget.value })}
      />
      <TextInput
        label="Audience"
        description={
          system.audience === null
            ? 'For whom the job asks its identity: this client alone, so that a token made for anybody else is refused.'
            : `${system.title} writes no other.`
        }
        required
        readOnly={system.audience !== null}
        value={draft.audience}
        error={errors['auth.audience']}
        onChange={(event) => change({ ...draft, audience: event.currentTarget.value })}
      />
      <Claims system={system} draft={draft} change={change} errors={errors} />
      <Checkbox
        label="The issuer is at a private address"
        description="Only for a system of your own. Writ then asks that address for its keys."
        checked={draft.allow_private_network}
        error={errors['auth.allow_private_network']}
        onChange={(event) => change({ ...draft, allow_private_network: event.currentTarget.checked })}
      />
    </Stack>
  );
}

function Claims({
  system,
  draft,
  change,
  errors,
}: Omit<PolicyFormProps, 'systems' | 'client_id'> & { system: CiSystem }) {
  const others = system.claims.filter(({ name }) => !Object.hasOwn(draft.claims, name));
  const set = (name: string, text: string): void => change({ ...draft, claims: { ...draft.claims, [name]: text } });
  return (
    <>
      {Object.entries(draft.claims).map(([name, text]) => (
        <Textarea
          key={name}
          label={name}
          description={`${aboutOf(system, name)} One value a line; several mean one of them.`}
          autosize
          minRows={1}
          maxRows={6}
          value={text}
          error={errors[`auth.claims.${name}`]}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
      {errors['auth.claims'] ? <Input.Error role="alert">{errors['auth.claims']}</Input.Error> : null}
      {others.length > 0 ? (
        <Select
          label="Pin another claim"
          description={system.refused
            .map(({ claim, values, because }) => `Always refused: ${claim} ${values.join(', ')}; ${because}.`)
            .join(' ')}
          placeholder="Choose a claim"
          searchable
          data={others.map(({ name }) => name)}
          value={null}
          onChange={(name) => name !== null && set(name, '')}
        />
      ) : null}
    </>
  );
}

/** What a claim is, and why it should be pinned. */
function aboutOf({ claims, required, recommended }: CiSystem, name: string): string {
  const about = claims.find((claim) => claim.name === name)?.about ?? '';
  const must = required.find(({ any_of }) => any_of.includes(name));
  const should = recommended.find(({ any_of }) => any_of.includes(name));
  if (must) return `${about} Needed: ${must.because}.`;
  return should ? `${about} Pin it: ${should.because}.` : about;
}
