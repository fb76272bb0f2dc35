import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMailer } from './mail.ts';

let server: Server;
let said: string[] = [];
let refuses = false;

/** Enough of a mail server: it greets, takes one mail after the other, and notes every line. */
function talk(socket: Socket): void {
  let rest = '';
  let inMail = false;
  socket.write('220 mail.example.com\r\n');
  socket.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      said.push(line);
      if (inMail) {
        if (line !== '.') continue;
        inMail = false;
        socket.write('250 taken\r\n');
      } else if (line === 'DATA') {
        inMail = true;
        socket.write('354 go on\r\n');
      } else socket.write(refuses && line.startsWith('RCPT') ? '550 nobody\r\n' : '250 yes\r\n');
    }
  });
  socket.on('error', () => undefined);
}

beforeAll(async () => {
  server = createServer(talk);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => server.close());

const mailer = () => {
  const { port } = server.address() as AddressInfo;
  return createMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'writ@example.com' });
};
const MAIL = {
  id: 'evt_1_abc',
  to: 'ada@example.com',
  subject: 'Writ: A freeze was begun',
  text: 'A freeze was begun\n',
};

test('a mail is plain text from the address that was set, with an id that stays', async () => {
  said = [];
  await mailer()(MAIL);
  const text = said.join('\n');
  expect(text).toMatch(/^MAIL FROM:<writ@example.com>/m);
  expect(text).toMatch(/^RCPT TO:<ada@example.com>/m);
  expect(text).toMatch(/^Message-ID: <evt_1_abc@example.com>$/im);
  expect(text).toMatch(/^Content-Type: text\/plain/m);
  expect(text).not.toMatch(/multipart|text\/html/);
});

test('a subject with a line break makes no header', async () => {
  said = [];
  await mailer()({ ...MAIL, subject: 'x\r\nBcc: eve@example.com' });
  expect(said.filter((line) => /^Bcc|^RCPT/i.test(line))).toEqual(['RCPT TO:<ada@example.com>']);
});

test('a server that does not take it is an error', async () => {
  refuses = true;
  await expect(mailer()(MAIL)).rejects.toThrow();
  refuses = false;
});
