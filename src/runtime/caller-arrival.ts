import { DEFAULT_APP, type AppId } from '../domain/ids';
import { hint, shown } from '../domain/nearest-name';
import type { Arrival, ArrivalRequest } from '../domain/input';
import {
  EnqueueProblem,
  agentEnqueue,
  conditionEnqueue,
  enqueueFrom,
  isAgentName,
  isConditionId,
  isSkillName,
  skillEnqueue,
} from '../domain/queue/enqueue';
import { XmlProblem, type XmlParser } from '../ports/parsing';
import type { Logger } from '../ports/system';
import type { CallerEntered } from '../ports/telephony';

const KINDS = ['enqueue', 'agent', 'skill', 'condition'];
const NO = /^(no|false|0|off)$/i;

/** Reads what the dialplan asks for: `Stasis(parley,<kind>,<name>)` and the `PARLEY_` variables. */
export class CallerArrival {
  constructor(
    private readonly applications: ReadonlySet<AppId>,
    private readonly plansOf: (app: AppId) => readonly string[],
    private readonly parseXml: XmlParser,
    private readonly logger: Logger,
  ) {}

  read({ channelId, telnumber, args, variables }: CallerEntered): Arrival {
    const { APP, ENQUEUE, USER_DATA, PRIORITY, ANSWER } = variables;
    const app = (APP ?? DEFAULT_APP) as AppId;
    const request = this.applications.has(app)
      ? this.request(app, args, ENQUEUE)
      : unknown('application (PARLEY_APP)', app, [...this.applications]);
    if (typeof request === 'string') {
      this.logger.error('the dialplan asked for something impossible', { channelId, app, args, problem: request });
    }
    return {
      channelId,
      app,
      request: typeof request === 'string' ? { by: 'mistake' } : request,
      telnumber,
      answer: !NO.test(ANSWER ?? ''),
      userData: USER_DATA ?? null,
      priority: this.priority(channelId, PRIORITY),
    };
  }

  /** A text says what is wrong. */
  private request(
    app: AppId,
    [kind = '', name = '']: readonly string[],
    document: string | undefined,
  ): ArrivalRequest | string {
    switch (kind) {
      case 'enqueue':
        if (name !== '') return this.plan(app, name);
        return document === undefined ? 'no plan is named and PARLEY_ENQUEUE is not set' : this.parse(document);
      case 'agent':
        if (!isAgentName(name)) return 'an agent name is 1 to 32 letters, digits or _';
        return { by: 'enqueue', enqueue: agentEnqueue(name) };
      case 'skill':
        if (!isSkillName(name)) return 'a skill name is 1 to 64 characters';
        return { by: 'enqueue', enqueue: skillEnqueue(name) };
      case 'condition':
        if (!isConditionId(name)) return 'a condition id is 32 hex digits';
        return { by: 'enqueue', enqueue: conditionEnqueue(name) };
      default:
        return unknown('kind of request', kind, KINDS);
    }
  }

  private plan(app: AppId, name: string): ArrivalRequest | string {
    const plans = this.plansOf(app);
    return plans.includes(name) ? { by: 'plan', name } : unknown('plan', name, plans);
  }

  private parse(document: string): ArrivalRequest | string {
    try {
      return { by: 'enqueue', enqueue: enqueueFrom(this.parseXml(document)) };
    } catch (error) {
      if (error instanceof XmlProblem || error instanceof EnqueueProblem) return error.message;
      throw error;
    }
  }

  private priority(channelId: string, text: string | undefined): number {
    if (text === undefined) return 0;
    if (/^-?\d{1,9}$/.test(text)) return Number(text);
    this.logger.warn('PARLEY_PRIORITY is no whole number; taken for 0', { channelId, priority: text });
    return 0;
  }
}

function unknown(what: string, name: string, known: readonly string[]): string {
  return `there is no ${what} ${shown(name)}, ${hint(name, known, 'and no other')}`;
}
