import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AudioMill } from './audio-mill';
import {
  audioDescription,
  audioPort,
  authorization,
  calledUser,
  contactUri,
  headerOf,
  methodOf,
  parseSip,
  renderSip,
  statusOf,
  type Credentials,
  type SipMessage,
} from './sip-message';

/** RFC 3261: how long to wait for an answer before a request is sent again, doubled each time. */
const T1_MS = 500;
const GIVE_UP_MS = 8_000;

type Headers = readonly (readonly [name: string, value: string])[];
type Transaction = { readonly take: (response: SipMessage) => void };

/** Milliseconds on the clock of `performance.now()`. */
export type Moment = number;
export type EndedBy = 'phone' | 'peer' | 'nobody';

/** One call of one phone. */
export class PhoneCall {
  /** Resolves when the call is over, by whomever, with false if it was never up. */
  readonly ended: Promise<boolean>;
  private end!: (wasUp: boolean) => void;
  cseq = 1;
  local = '';
  remote = '';
  /** Where requests within the call go; '' until the other side has said so. */
  target = '';
  /** The other side's RTP port. */
  audio: number | undefined;
  stage: 'ringing' | 'up' | 'over' = 'ringing';
  readonly since: Moment = performance.now();
  upAt: Moment | undefined;
  overAt: Moment | undefined;
  /** Who ended it; `nobody`: the other side is gone. */
  overBy: EndedBy | undefined;
  /** To be sent again when the other side repeats its INVITE. */
  lastAnswer = '';

  constructor(
    private readonly phones: SipPhones,
    readonly id: string,
    /** Absent for a call that the phone has made. */
    readonly invite?: SipMessage,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
  }

  /** Takes the call that rings. */
  answer(): void {
    this.phones.answer(this);
  }

  /** Refuses the call that rings: 486. */
  refuse(): void {
    this.phones.refuse(this);
  }

  /** Ends a call that is up; returns when its BYE was sent. */
  hangUp(): Moment {
    return this.phones.hangUp(this);
  }

  /** The other side is gone without a word. */
  forget(): void {
    this.phones.forget(this);
  }

  /** The number that the other side shows; '' for a call that the phone has made. */
  get shown(): string {
    return this.invite === undefined ? '' : (/sips?:([^@>;]*)@/.exec(headerOf(this.invite, 'from'))?.[1] ?? '');
  }

  over(by: EndedBy): void {
    const wasUp = this.stage === 'up';
    this.stage = 'over';
    this.overAt = performance.now();
    this.overBy = by;
    this.end(wasUp);
  }
}

const REGISTERED_SECONDS = 3_600;

export type Ringing = { readonly user: string; readonly at: Moment; readonly call: PhoneCall };

/**
 * Telephones that cost little: many of them on one socket, told apart by the user that is called. They know what a call
 * needs over UDP on one machine, no more.
 */
export class SipPhones {
  private readonly transactions = new Map<string, Transaction>();
  private readonly calls = new Map<string, PhoneCall>();
  private readonly timers = new Set<NodeJS.Timeout>();
  /** An INVITE has come; the phone says by itself that it rings. */
  onRing: (ringing: Ringing) => void = ({ call }) => call.refuse();

  private constructor(
    private readonly socket: Socket,
    private readonly server: { readonly host: string; readonly port: number },
    private readonly mill: AudioMill,
    private readonly host: string,
  ) {
    socket.on('message', (data) => this.take(data.toString(), performance.now()));
  }

  /** `host`: the address that they have. */
  static async start(
    server: { readonly host: string; readonly port: number },
    mill: AudioMill,
    host = '127.0.0.1',
  ): Promise<SipPhones> {
    const socket = createSocket('udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    socket.setRecvBufferSize(4 << 20);
    return new SipPhones(socket, server, mill, host);
  }

  async stop(): Promise<void> {
    for (const timer of this.timers) clearTimeout(timer);
    for (const call of [...this.calls.values()]) this.forget(call); // So that nobody answers one any more.
    await new Promise<void>((resolve) => void this.socket.close(resolve));
  }

  /** From now on, as often as is needed. @throws Error when it is refused. */
  async register(account: Credentials): Promise<void> {
    const uri = `sip:${this.server.host}:${this.server.port}`;
    const self = `<sip:${account.user}@${this.server.host}>`;
    const headers: Headers = [
      ['To', self],
      ['Contact', this.contact(account.user)],
      ['Expires', String(REGISTERED_SECONDS)],
    ];
    const { final } = await this.askWithPassword('REGISTER', uri, `${self};tag=${token()}`, headers, account);
    if (statusOf(final) !== 200) throw new Error(`${account.user} may not register: ${final.startLine}`);
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        this.register(account).catch(() => {}); // Whoever wants it to ring notices.
      },
      (REGISTERED_SECONDS / 2) * 1000,
    );
    this.timers.add(timer);
  }

  /** Calls a number by an account, showing another number. @throws Error when the call is not taken. */
  async call(account: Credentials, from: string, to: string): Promise<PhoneCall> {
    const uri = `sip:${to}@${this.server.host}:${this.server.port}`;
    const call = new PhoneCall(this, token());
    call.local = `<sip:${from}@${this.host}>;tag=${token()}`;
    const headers: Headers = [
      ['To', `<${uri}>`],
      ['Contact', this.contact(from)],
    ];
    const body = audioDescription(this.mill.port);
    const { final, cseq } = await this.askWithPassword('INVITE', uri, call.local, headers, account, call.id, body);
    if (statusOf(final) !== 200) throw new Error(`the call to ${to} failed: ${final.startLine}`);
    call.cseq = cseq;
    call.remote = headerOf(final, 'to');
    call.target = contactUri(final);
    this.calls.set(call.id, call);
    this.send(this.request('ACK', call.target, cseq, token(), this.within(call)));
    this.connect(call, final);
    return call;
  }

  answer(call: PhoneCall): void {
    if (call.stage !== 'ringing' || call.invite === undefined) return;
    this.respond(call, 200, 'OK', audioDescription(this.mill.port));
    this.connect(call, call.invite);
  }

  refuse(call: PhoneCall): void {
    this.respond(call, 486, 'Busy Here');
    this.close(call, 'phone');
  }

  forget(call: PhoneCall): void {
    if (call.stage !== 'over') this.close(call, 'nobody');
  }

  hangUp(call: PhoneCall): Moment {
    const branch = token();
    const bye = this.request('BYE', call.target, ++call.cseq, branch, this.within(call));
    const at = performance.now();
    this.ask(bye, branch).catch(() => {}); // Whoever waits for the end of the calls notices.
    this.close(call, 'phone');
    return at;
  }

  private connect(call: PhoneCall, description: SipMessage): void {
    call.stage = 'up';
    call.upAt = performance.now();
    call.audio = audioPort(description);
    if (call.audio !== undefined) this.mill.speak(call.audio);
  }

  private close(call: PhoneCall, by: EndedBy): void {
    if (call.audio !== undefined) this.mill.fallSilent(call.audio);
    this.calls.delete(call.id);
    call.over(by);
  }

  private take(text: string, at: Moment): void {
    const message = parseSip(text);
    const method = methodOf(message);
    if (method === undefined) {
      const branch = /branch=([^;,\s]+)/.exec(headerOf(message, 'via'))?.[1] ?? '';
      this.transactions.get(branch)?.take(message);
    } else if (method === 'INVITE') {
      this.takeInvite(message, at);
    } else if (method !== 'ACK') {
      this.send(responseTo(message, 200, 'OK'));
      const call = this.calls.get(headerOf(message, 'call-id'));
      if (call === undefined) return;
      if (method === 'CANCEL') this.respond(call, 487, 'Request Terminated');
      if (method === 'CANCEL' || method === 'BYE') this.close(call, 'peer');
    }
  }

  private takeInvite(invite: SipMessage, at: Moment): void {
    const id = headerOf(invite, 'call-id');
    const known = this.calls.get(id);
    if (known !== undefined) {
      const isNew = known.invite !== undefined && headerOf(known.invite, 'cseq') !== headerOf(invite, 'cseq');
      if (isNew || known.invite === undefined) {
        this.send(
          responseTo(invite, 200, 'OK', [['Contact', this.contact('phone')]], audioDescription(this.mill.port)),
        );
        return;
      }
      this.send(known.lastAnswer);
      return;
    }
    const user = calledUser(invite);
    const call = new PhoneCall(this, id, invite);
    call.local = `${headerOf(invite, 'to')};tag=${token()}`;
    call.remote = headerOf(invite, 'from');
    call.target = contactUri(invite);
    this.calls.set(id, call);
    this.respond(call, 180, 'Ringing');
    this.onRing({ user, at, call });
  }

  private respond(call: PhoneCall, status: number, reason: string, body = ''): void {
    const { invite, local } = call;
    if (invite === undefined) return;
    const headers: Headers = [['Contact', this.contact(calledUser(invite))]];
    call.lastAnswer = responseTo(invite, status, reason, headers, body, local);
    this.send(call.lastAnswer);
  }

  /** Asks, and asks again with the password when it is challenged. `cseq`: of what was asked last. */
  private async askWithPassword(
    method: string,
    uri: string,
    from: string,
    headers: Headers,
    account: Credentials,
    callId = token(),
    body = '',
  ): Promise<{ readonly final: SipMessage; readonly cseq: number }> {
    const own: Headers = [['From', from], ['Call-ID', callId], ...headers];
    let final = await this.askOnce(method, uri, 1, own, body);
    const challenge = final.headers.get('www-authenticate')?.find((each) => !/SHA-/.test(each));
    if (statusOf(final) !== 401 || challenge === undefined) return { final, cseq: 1 };
    const proof = ['Authorization', authorization(challenge, method, uri, account)] as const;
    final = await this.askOnce(method, uri, 2, [...own, proof], body);
    return { final, cseq: 2 };
  }

  private async askOnce(
    method: string,
    uri: string,
    cseq: number,
    headers: Headers,
    body: string,
  ): Promise<SipMessage> {
    const branch = token();
    const final = await this.ask(this.request(method, uri, cseq, branch, headers, body), branch);
    if (method === 'INVITE' && statusOf(final) >= 300) {
      const others = headers.filter(([name]) => name !== 'To' && name !== 'Contact' && name !== 'Authorization');
      this.send(this.request('ACK', uri, cseq, branch, [...others, ['To', headerOf(final, 'to')]]));
    }
    return final;
  }

  /** Sends until there is a final answer. @throws Error when there is none. */
  private ask(request: string, branch: string): Promise<SipMessage> {
    return new Promise((resolve, reject) => {
      const begun = performance.now();
      let timer: NodeJS.Timeout;
      const stop = (): void => {
        clearTimeout(timer);
        this.timers.delete(timer);
      };
      const again = (pause: number): void => {
        stop();
        timer = setTimeout(() => {
          if (performance.now() - begun > GIVE_UP_MS) {
            this.transactions.delete(branch);
            stop();
            return reject(new Error(`no answer to ${request.slice(0, request.indexOf('\r'))}`));
          }
          this.send(request);
          again(pause * 2);
        }, pause);
        this.timers.add(timer);
      };
      const take = (response: SipMessage): void => {
        stop();
        if (statusOf(response) < 200) return;
        this.transactions.delete(branch);
        resolve(response);
      };
      this.transactions.set(branch, { take });
      this.send(request);
      again(T1_MS);
    });
  }

  private within({ local, remote, id }: PhoneCall): Headers {
    return [
      ['From', local],
      ['To', remote],
      ['Call-ID', id],
    ];
  }

  private request(method: string, uri: string, cseq: number, branch: string, headers: Headers, body = ''): string {
    const via = `SIP/2.0/UDP ${this.host}:${this.socket.address().port};rport;branch=${branch}`;
    const own: Headers = [
      ['Via', via],
      ['Max-Forwards', '70'],
      ['CSeq', `${cseq} ${method}`],
    ];
    return renderSip(`${method} ${uri} SIP/2.0`, [...own, ...headers], body);
  }

  private contact(user: string): string {
    return `<sip:${user}@${this.host}:${this.socket.address().port}>`;
  }

  private send(text: string): void {
    this.socket.send(text, this.server.port, this.server.host);
  }
}

function responseTo(
  request: SipMessage,
  status: number,
  reason: string,
  headers: Headers = [],
  body = '',
  to = headerOf(request, 'to'),
): string {
  const vias = (request.headers.get('via') ?? []).map((via) => ['Via', via] as const);
  const copied = ['From', 'Call-ID', 'CSeq'].map((name) => [name, headerOf(request, name.toLowerCase())] as const);
  return renderSip(`SIP/2.0 ${status} ${reason}`, [...vias, ...copied, ['To', to], ...headers], body);
}

/** Begins as the branch of a request has to (RFC 3261). */
function token(): string {
  return `z9hG4bK${randomBytes(9).toString('hex')}`;
}
