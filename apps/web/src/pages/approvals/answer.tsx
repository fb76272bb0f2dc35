import { Button, Modal } from '@mantine/core';
import { Suspense, useState } from 'react';
import { useMay, useMe } from '../../api/me.ts';
import type { Approval } from '../../parts/gist.ts';
import { Inert } from '../../parts/inert.tsx';
import { later } from '../../parts/later.ts';
import { Loading } from '../../parts/states.tsx';
import { Countdown, Time } from '../../parts/time.tsx';
import classes from './approvals.module.css';
import { ApproveForm } from './approve-form.tsx';
import { DenyForm } from './deny-form.tsx';
import { isTopmost } from './keys.ts';
import { Outcome } from './outcome.tsx';
import { type AnswerProps, yesesOf } from './words.ts';

/** Loaded when it is opened: most answers are a plain yes or no. */
const AllowForm = later(async () => (await import('./allow-form.tsx')).AllowForm);

type Way = 'approve' | 'allow' | 'deny';

const TITLES: Readonly<Record<Way, string>> = { approve: 'Approve', allow: 'Allow for this task', deny: 'Deny' };

/** Where a person answers: nothing is chosen before they choose, and nothing is sent before they say so once more. */
export function Answer({ approval, dead, done }: AnswerProps) {
  const [way, setWay] = useState<Way>();
  const close = (): void => setWay(undefined);
  const leave = (): void => void (isTopmost() && close());
  const finish = (after: Approval): void => {
    close();
    done(after);
  };
  const props = { approval, dead, done: finish };
  return (
    <section className={classes.answer} aria-label="Your answer">
      {approval.state === 'pending' ? (
        <Pending approval={approval} dead={dead} choose={setWay} />
      ) : (
        <Outcome approval={approval} dead={dead} choose={() => setWay('deny')} />
      )}
      <Votes approval={approval} />
      <Modal opened={way !== undefined} onClose={leave} title={way === undefined ? '' : TITLES[way]} size="md">
        {dead ? (
          <p className={classes.alarm}>This has changed while you looked at it. Close this, and look at it again.</p>
        ) : null}
        {way === 'approve' ? <ApproveForm {...props} /> : null}
        <Suspense fallback={<Loading />}>{way === 'allow' ? <AllowForm {...props} /> : null}</Suspense>
        {way === 'deny' ? <DenyForm {...props} /> : null}
      </Modal>
    </section>
  );
}

interface ChooseProps {
  readonly approval: Approval;
  readonly dead: boolean;
  readonly choose: (way: Way) => void;
}

function Pending({ approval, dead, choose }: ChooseProps) {
  const mayAnswer = useMay('approver');
  const { may_approve, offers, expires_at, hold_minutes } = approval;
  const hasSaidYes = useHasSaidYes(approval);
  const isAllowable = may_approve && offers.some(({ kind, detail }) => kind === 'allowance' && detail !== undefined);
  return (
    <>
      <p className={classes.until}>
        Waits for an answer: <Countdown to={expires_at} /> left.
        {hold_minutes > 0 ? ` After a yes, ${hold_minutes} min in which it can be cancelled.` : ''}
      </p>
      {mayAnswer ? (
        <div className={classes.choices}>
          <Button variant="default" size="md" disabled={dead} onClick={() => choose('deny')}>
            Deny
          </Button>
          {isAllowable && !hasSaidYes ? (
            <Button variant="default" size="md" disabled={dead} onClick={() => choose('allow')}>
              Allow for this task
            </Button>
          ) : null}
          {may_approve && !hasSaidYes ? (
            <Button variant="default" size="md" disabled={dead} onClick={() => choose('approve')}>
              Approve
            </Button>
          ) : null}
        </div>
      ) : null}
      <WhyNot approval={approval} hasSaidYes={hasSaidYes} mayAnswer={mayAnswer} />
    </>
  );
}

interface WhyNotProps {
  readonly approval: Approval;
  readonly hasSaidYes: boolean;
  readonly mayAnswer: boolean;
}

function WhyNot({ approval: { may_approve, nobody, kind }, hasSaidYes, mayAnswer }: WhyNotProps) {
  if (!mayAnswer) return <p className={classes.small}>Your role reads; an approver answers.</p>;
  if (hasSaidYes) return <p className={classes.small}>You have said yes. It waits for somebody else.</p>;
  if (may_approve || nobody !== null) return null;
  return (
    <p className={classes.small}>
      {kind === 'token'
        ? 'An admin or owner says yes to a token. You can deny it.'
        : 'You count as one who asked for it: another person says yes. You can deny it.'}
    </p>
  );
}

function useHasSaidYes(approval: Approval): boolean {
  const me = useMe();
  return yesesOf(approval).some(({ user }) => user.id === me.id);
}

function Votes({ approval: { votes, quorum } }: { readonly approval: Approval }) {
  if (votes.length === 0) return null;
  return (
    <ul className={classes.votes} aria-label="Answers so far">
      {votes.map(({ user, yes, at, counts }) => (
        <li key={`${user.id} ${at}`}>
          <strong>{<Inert text={user.name} />}</strong> said {yes ? 'yes' : 'no'} <Time at={at} />
          {counts ? '' : ', which counts no more'}
        </li>
      ))}
      {quorum > 1 ? <li className={classes.faint}>It takes {quorum} people.</li> : null}
    </ul>
  );
}
