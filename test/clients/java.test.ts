/** Java's own HTTP client, as it comes, where a JDK is: it offers to upgrade every first request to HTTP/2. */
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { run, unless } from './program.ts';
import {
  CREATE,
  createVariables,
  DELETE,
  DELETE_VARIABLES,
  expectSentence,
  READ,
  READ_VARIABLES,
  scene,
  useScene,
} from './scene.ts';

const ASK = fileURLToPath(new URL('./programs/Ask.java', import.meta.url));

useScene();
let missing: string;
beforeAll(async () => {
  const version = await run('javac', ['-version']);
  missing = version.code === 0 ? '' : 'no JDK is here.';
});

/** Runs the source file itself; a JDK compiles it in memory. */
async function ask(query: string, variables: object): Promise<{ status: string; body: string }> {
  const sent = JSON.stringify({ query, variables });
  const { code, stdout, stderr } = await run('java', [ASK, scene.endpoint, scene.accessToken, sent]);
  expect([code, stderr]).toEqual([0, '']);
  const [status = '', body = ''] = stdout.split('\n');
  return { status, body };
}

test('reads, changes what it may, and has the sentence of a refusal', async (context) => {
  unless(missing, context);
  const read = await ask(READ, READ_VARIABLES);
  expect([read.status, JSON.parse(read.body)]).toMatchObject(['200', { data: { environment: { id: 'e_staging' } } }]);
  const variables = createVariables('java');
  const created = await ask(CREATE, variables);
  expect(JSON.parse(created.body)).toMatchObject({
    data: { customDomainCreate: { domain: variables.input.domain } },
  });
  const refused = await ask(DELETE, DELETE_VARIABLES);
  expect(refused.status).toBe('200');
  expectSentence(refused.body);
});
