import { agentEnqueue } from '../../src/domain/queue/enqueue';
import {
  callAgent,
  callOut,
  coach,
  enter,
  exit,
  forward,
  merge,
  reject,
  setMode,
  transfer,
  transferOut,
} from './agent-operations';
import {
  aCallForAnn,
  aCoachedTalk,
  aDayOfThree,
  aSupervisedTalk,
  aTalk,
  aTalkOfThree,
  twoTalks,
} from './agent-talks';
import { alerting, ANN, answered, BOB, CAL, inviteAgent, inviteOut } from './happenings';
import type { Day } from './watched-day';

const AWAY = { state: 'away' } as const;

/** Every stage of every operation: what has been asked for, and how far it has come. */
export const STAGES: Readonly<Record<string, () => Day>> = {
  'call_out: its own phone rings': () => {
    const day = aDayOfThree();
    day.take(callOut());
    return day;
  },
  'call_out: the number rings': () => {
    const day = aDayOfThree();
    day.take(callOut());
    day.take(answered(day.leg(ANN)));
    day.take(alerting(day.number()));
    return day;
  },
  'call_out: they talk': () => {
    const day = aDayOfThree();
    day.take(callOut());
    day.take(answered(day.leg(ANN)));
    day.take(answered(day.number()));
    return day;
  },
  'call_out: the caller is on hold while the number rings': () => {
    const { day } = aTalk();
    day.take(callOut());
    return day;
  },
  'call_out: the caller is on hold': () => twoTalks().day,
  'call_agent: its own phone rings': () => {
    const day = aDayOfThree();
    day.take(callAgent(ANN));
    return day;
  },
  'call_agent: the other one rings': () => {
    const day = aDayOfThree();
    day.take(callAgent(ANN));
    day.take(answered(day.leg(ANN)));
    return day;
  },
  'call_agent: nobody is free': () => {
    const day = aDayOfThree(AWAY);
    day.take(callAgent(ANN));
    day.take(answered(day.leg(ANN)));
    return day;
  },
  'call_agent: they talk, and the caller is on hold': () => {
    const { day } = aTalk();
    day.take(callAgent(ANN));
    day.take(answered(day.leg(BOB)));
    return day;
  },
  'enter: its own phone rings': () => {
    const { day, conversation } = aTalk();
    day.take(enter(BOB, conversation));
    return day;
  },
  'enter: its own phone rings, and the caller’s agent too': () => {
    const { day, conversation } = aCallForAnn();
    day.take(enter(BOB, conversation));
    return day;
  },
  'enter: it talks to the caller, whose agent rings': () => {
    const { day, conversation } = aCallForAnn();
    day.take(enter(BOB, conversation));
    day.take(answered(day.leg(BOB)));
    return day;
  },
  'enter: it listens to the caller, whose agent rings': () => {
    const { day, conversation } = aCallForAnn();
    day.take(enter(BOB, conversation, 2));
    day.take(answered(day.leg(BOB)));
    return day;
  },
  'enter: it supervises': () => aSupervisedTalk().day,
  'enter: it has barged in': () => {
    const { day, conversation } = aSupervisedTalk();
    day.take(setMode(CAL, conversation, 1));
    return day;
  },
  'coach: its own phone rings': () => {
    const { day, conversation } = aTalkOfThree();
    day.take(coach(CAL, conversation, ANN));
    return day;
  },
  'coach: the ear is on its way': () => {
    const { day, conversation } = aTalkOfThree();
    day.take(coach(CAL, conversation, ANN));
    day.take(answered(day.leg(CAL)));
    return day;
  },
  'coach: it whispers': () => aCoachedTalk(ANN, aTalkOfThree()).day,
  'coach: it whispers to the only agent': () => aCoachedTalk().day,
  'coach: its ear is being hung up': () => {
    const { day, conversation } = aCoachedTalk();
    day.take(setMode(ANN, conversation, 4));
    return day;
  },
  'reject: the phone still rings': () => {
    const { day, task } = aCallForAnn({ failOverflow: true });
    day.take(reject(ANN, task));
    return day;
  },
  'fwd_agent: the phone still rings': () => {
    const { day, task } = aCallForAnn();
    day.take(forward(ANN, task));
    return day;
  },
  'fwd_agent: nobody is free': () => {
    const { day, task } = aCallForAnn({}, AWAY);
    day.take(forward(ANN, task));
    day.settle();
    return day;
  },
  'fwd_agent: the other one rings': () => {
    const { day, task } = aCallForAnn();
    day.take(forward(ANN, task));
    day.settle();
    return day;
  },
  'xfer_agent: the leg is being hung up': () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));
    return day;
  },
  'xfer_agent: nobody is free': () => {
    const { day, conversation } = aTalk({}, AWAY);
    day.take(transfer(ANN, conversation));
    day.settle();
    return day;
  },
  'xfer_agent: the other one rings': () => {
    const { day, conversation } = aTalk();
    day.take(transfer(ANN, conversation));
    day.settle();
    return day;
  },
  'xfer_agent: the leg stays in another conversation': () => {
    const { day, held } = twoTalks();
    day.take(transfer(ANN, held));
    return day;
  },
  'xfer_out: the leg is being hung up': () => {
    const { day, conversation } = aTalk();
    day.take(transferOut(ANN, conversation));
    return day;
  },
  'xfer_out: the number rings': () => {
    const { day, conversation } = aTalk();
    day.take(transferOut(ANN, conversation));
    day.settle();
    return day;
  },
  'exit: the leg is being hung up': () => {
    const { day, conversation } = aTalkOfThree();
    day.take(exit(ANN, conversation));
    return day;
  },
  'merge: those who were on their way to the one that ends are being hung up': () => {
    const { day, held, talk } = twoTalks();
    day.take(inviteOut(talk));
    day.take(inviteAgent(talk, agentEnqueue(BOB)));
    day.take(enter(CAL, talk, 2));
    day.take(merge(ANN, { into: held, from: talk }));
    return day;
  },
};
