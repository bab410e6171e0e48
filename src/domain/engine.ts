import { callAgent, callOut } from './agent/calling-out';
import { forwardToAgent, reject, transferOut, transferToAgent } from './agent/giving-away';
import { agentDue, bindExtension, keepAlive, logIn, logOut, setState } from './agent/session';
import { setSkills } from './agent/skills';
import { coach, enter, exit } from './agent/taking-part';
import { callDue, legAlerting, legAnswered, legEnded } from './call/leg-facts';
import { legReplaced } from './call/replacement';
import { inviteOut } from './conversation/inviting';
import { legHeld, legResumed } from './conversation/phone-hold';
import { conversationDue, dissolve, setAgentMode, setCallMode } from './conversation/membership';
import { merge } from './conversation/merging';
import { accountRefused, createExtension, deleteExtension, phoneReachable } from './extension/provisioning';
import type { Answer, InputType, Stamped } from './input';
import { settleOutside } from './outside/claiming';
import { dialsHeldUp, keepalivesMissed } from './outage';
import { changeCondition, conditionDue, createCondition, deleteCondition } from './queue/condition';
import { deletePlan, plansLoaded, putPlan } from './queue/plan';
import { callerEntered, inviteAgent } from './queue/queueing';
import { taskDue } from './queue/seeking';
import { cancel, setPriority } from './queue/steering';
import { phoneSystemSeen, strayFound } from './reconciling';
import { UnitOfWork, type Outcome } from './unit-of-work';
import type { Aggregates, DueKind, World } from './world';

type Rule<Type extends InputType> = (tx: UnitOfWork, input: Stamped<Type>) => Answer<Type>;

/** All that can happen, and the rule for it. An input without a row does not compile. */
const RULES: { readonly [Type in InputType]: Rule<Type> } = {
  // Commands: may throw Refusal.
  'create-extension': createExtension,
  'delete-extension': deleteExtension,
  'log-in': logIn,
  'log-out': logOut,
  'keep-alive': keepAlive,
  'bind-extension': bindExtension,
  'set-state': setState,
  'set-agent-mode': setAgentMode,
  'set-call-mode': setCallMode,
  'invite-out': inviteOut,
  'invite-agent': inviteAgent,
  dissolve: dissolve,
  reject: reject,
  'forward-to-agent': forwardToAgent,
  'call-out': callOut,
  'call-agent': callAgent,
  'transfer-to-agent': transferToAgent,
  'transfer-out': transferOut,
  enter: enter,
  coach: coach,
  exit: exit,
  merge: merge,
  'set-skills': setSkills,
  'create-condition': createCondition,
  'change-condition': changeCondition,
  'delete-condition': deleteCondition,
  'put-plan': putPlan,
  'delete-plan': deletePlan,
  'cancel-task': cancel,
  'set-task-priority': setPriority,
  // Facts: never refused; a late or repeated one changes nothing.
  'caller-entered': callerEntered,
  'leg-alerting': legAlerting,
  'leg-answered': legAnswered,
  'leg-ended': legEnded,
  'leg-replaced': legReplaced,
  'leg-held': legHeld,
  'leg-resumed': legResumed,
  'phone-reachable': phoneReachable,
  'account-refused': accountRefused,
  due: (tx, { kind, id }) => (WHEN_DUE[kind] as (tx: UnitOfWork, id: string) => void)(tx, id),
  'keepalives-missed': keepalivesMissed,
  'dials-held-up': dialsHeldUp,
  'plans-loaded': plansLoaded,
  'phone-system-seen': phoneSystemSeen,
  'stray-found': strayFound,
};

/** What happens when a thing of each kind has come to its time. Each rule looks at the time again. */
const WHEN_DUE: { readonly [Each in DueKind]: (tx: UnitOfWork, id: Aggregates[Each]['id']) => void } = {
  calls: callDue,
  queueTasks: taskDue,
  conversations: conversationDue,
  agents: agentDue,
  conditions: conditionDue,
};

/**
 * Runs one input against the world without touching it: the same arguments always give
 * the same outcome. Whatever is thrown, nothing of the input remains.
 */
export function handle<Type extends InputType>(world: World, input: Stamped<Type>): Outcome<Answer<Type>> {
  const tx = new UnitOfWork(world, input);
  const rule = RULES[input.type] as unknown as Rule<Type>; // The row for `type` takes that type of input.
  const answer = rule(tx, input);
  settleOutside(tx);
  return tx.outcome(answer);
}
