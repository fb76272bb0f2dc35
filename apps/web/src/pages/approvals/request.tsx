import { Button, Group } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import type { OutputOf } from '@writ/api';
import { useState } from 'react';
import { useProof } from '../../api/proof.ts';
import { Copy } from '../../parts/copy.tsx';
import type { Shown } from '../../parts/gist.ts';
import { Inert, InertLines } from '../../parts/inert.tsx';
import { Failure } from '../../parts/states.tsx';
import classes from './approvals.module.css';
import { documentIn, highlightBody, highlightGraphql, type Piece } from './highlight.ts';
import look from './shown.module.css';

type Request = Shown['request'];
type Whole = OutputOf<'approvals.look'>['request'];

interface WholeRequestProps {
  readonly request: Request;
  /** The approval whose secret arguments may be looked at; undefined where they may not. */
  readonly lookAt?: string | undefined;
  /** What it is about has changed: nothing more of it is looked at. */
  readonly dead?: boolean;
}

/** The whole request, folded: every byte that would be sent but for the root credential, and for secrets until somebody looks. */
export function WholeRequest({ request, lookAt, dead = false }: WholeRequestProps) {
  const { method, origin, path, body_bytes, body_sha256 } = request;
  return (
    <details className={look.fold}>
      <summary>
        The whole request{' '}
        <span className={classes.faint}>
          {method} <Inert text={path} />, {body_bytes} bytes
        </span>
      </summary>
      <div className={look.stack}>
        <p className={classes.small}>
          To <code>{<Inert text={origin} />}</code>, with the root credential added.{' '}
          {body_sha256 === null ? (
            'Some of the body is secret.'
          ) : (
            <>
              SHA-256 of the body: <code className={classes.break}>{body_sha256}</code>
            </>
          )}
        </p>
        <Secrets request={request} lookAt={lookAt} dead={dead} />
      </div>
    </details>
  );
}

/** The request as everybody who answers sees it, or as one who looks does: what is looked at is gone with the page, or when it is hidden. */
function Secrets({ request, lookAt, dead = false }: WholeRequestProps) {
  const prove = useProof();
  const [whole, setWhole] = useState<Whole>();
  const [problem, setProblem] = useState<unknown>();
  const reveal = async (): Promise<void> => {
    if (lookAt === undefined) return;
    setProblem(undefined);
    const words = { title: 'Look at the secrets', what: 'That you looked is kept in the log.' };
    await prove({ ...words, id: 'approvals.look', input: { id: lookAt } }).then(
      (answer) => setWhole(answer.request),
      setProblem,
    );
  };
  const mayLook = lookAt !== undefined && request.body_sha256 === null;
  return (
    <>
      <Sent request={whole ?? request} body={whole === undefined ? request.body : (whole.body ?? whole.body_base64)} />
      {whole !== undefined && whole.body === null ? (
        <p className={classes.small}>Its body is no text: it is in base64.</p>
      ) : null}
      {mayLook ? (
        <Group gap="sm">
          {whole === undefined ? (
            <Button
              variant="default"
              size="xs"
              disabled={dead}
              leftSection={<IconEye size={14} aria-hidden />}
              onClick={() => void reveal()}
            >
              Look at the secrets
            </Button>
          ) : (
            <Button variant="default" size="xs" onClick={() => setWhole(undefined)}>
              Hide the secrets
            </Button>
          )}
        </Group>
      ) : null}
      <Failure error={problem} />
    </>
  );
}

interface SentProps {
  readonly request: Pick<Request, 'method' | 'path' | 'query' | 'headers'>;
  readonly body: string | null;
}

function Sent({ request: { method, path, query, headers }, body }: SentProps) {
  const place = query === '' ? path : `${path}?${query.replace(/^\?/, '')}`;
  const head = [`${method} ${place}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  const document = body === null ? undefined : documentIn(body);
  return (
    <>
      {document === undefined ? null : (
        <Code label="Its document, to read" pieces={highlightGraphql(document)} text={document} />
      )}
      <Code
        label="Every byte"
        text={[...head, '', body ?? ''].join('\n')}
        pieces={[
          { text: `${head.join('\n')}\n\n`, kind: 'plain' },
          ...(body === null ? [{ text: '(its body is kept no more)', kind: 'plain' } as const] : highlightBody(body)),
        ]}
      />
    </>
  );
}

interface CodeProps {
  readonly label: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
}

function Code({ label, text, pieces }: CodeProps) {
  return (
    <div className={look.code}>
      <div className={look.codeHead}>
        <span>{label}</span>
        <Copy text={text} what={label.toLowerCase()} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className={look.codeBody} tabIndex={0} aria-label={label}>
        <pre>
          {pieces.map((piece, index) => (
            <span key={index} data-kind={piece.kind}>
              <InertLines text={piece.text} />
            </span>
          ))}
        </pre>
      </section>
    </div>
  );
}
