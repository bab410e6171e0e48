import type { Call } from '../../src/domain/call/call';
import { present, type Conversation, type Member } from '../../src/domain/conversation/conversation';
import {
  type Hearing,
  type ListenSpeakMode,
  type Placement,
  type Played,
} from '../../src/domain/conversation/listen-speak-mode';
import type { BridgeId, CallId, QueueTaskId } from '../../src/domain/ids';
import type { RingMode } from '../../src/domain/queue/enqueue';
import type { Sound } from '../../src/domain/queue/enqueue-sound';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { World } from '../../src/domain/world';

type Voice = 'wait' | 'ring' | 'ringback';

/** The table of ring modes in `queueing.md`: while nobody is dialled, while somebody is, once a phone rings. */
const HEARD: Readonly<Record<RingMode, readonly [waiting: Voice, dialling: Voice, alerting: Voice]>> = {
  1: ['wait', 'wait', 'wait'],
  2: ['wait', 'ring', 'ring'],
  3: ['wait', 'ring', 'ringback'],
  4: ['wait', 'wait', 'ring'],
  5: ['wait', 'wait', 'ringback'],
};

/** The tables of `lifecycle.md` and `queueing.md`, and what the leg hears in each row: told once more, in other words. */
export function wantedPlacement(world: World, call: Call): Placement {
  const { id, memberOf, stage } = call;
  const whispersIn = whisperBridge(world, call);
  if (whispersIn !== undefined) return { bridgeId: whispersIn, speaks: true, hears: { from: 'bridge' } };
  const music: Hearing = { from: 'music', musicClass: world.settings.musicClass };
  const active = memberOf.map((each) => world.conversations.get(each)!).find((each) => modeIn(each, id) !== 4);
  const bridgeId = bridgeOnPhoneHold(world, call);
  if (active === undefined && bridgeId !== undefined)
    return { bridgeId, speaks: false, hears: { from: 'silence' } };
  if (active === undefined || isQueued(call)) {
    const task = stage.at === 'queued' ? world.queueTasks.get(stage.taskId)! : undefined;
    const hears = task === undefined ? ({ from: 'silence' } as const) : (soundFor(world, task) ?? music);
    return { bridgeId: null, speaks: call.stage.at === 'queued', hears };
  }
  const mode = modeIn(active, id);
  return { bridgeId: active.bridgeId, speaks: mode !== 2, hears: mode === 3 ? { from: 'silence' } : heard() };

  function heard(): Hearing {
    const talkers = present(active!).filter(counts);
    const others = talkers.filter(({ callId }) => callId !== id && !isQueued(world.calls.get(callId)!));
    if (others.some((member) => member.mode === 1 || member.mode === 3)) return { from: 'bridge' };
    if (others.some((member) => member.mode === 2)) return { from: 'silence' };
    if (!talkers.some((member) => member.callId === id)) return { from: 'silence' };
    const task = searchOf(world, active!);
    const waits = task && soundFor(world, task);
    if (waits) return waits;
    const { holdVoice } = active!;
    if (talkers.length > 1 && holdVoice !== null) return ofApp(world, active!, holdVoice);
    if (talkers.length > 1 || task !== undefined) return music;
    return ringsOutside(world, active!) ? { from: 'ringback' } : { from: 'silence' };
  }
}

/** Where its phone holds, it stays. */
function bridgeOnPhoneHold({ conversations }: World, { memberOf, phoneHold }: Call): BridgeId | undefined {
  const held = memberOf.find((each) => each === phoneHold?.conversationId);
  return held && conversations.get(held)!.bridgeId;
}

/** Who waits is in no bridge before there is somebody to talk to. */
function isQueued({ stage }: Call): boolean {
  return stage.at === 'queued';
}

/** What all hear under their talk: nothing but the sound of the agent that is looked for. */
export function wantedUnderTalk(world: World, conversation: Conversation): Played | null {
  const talkers = present(conversation).filter((member) => counts(member) && member.mode !== 4);
  const task = searchOf(world, conversation);
  return task !== undefined && talkers.length >= 2 ? soundFor(world, task) : null;
}

/** A supervisor who only listens counts for nothing. */
export function counts({ role }: Member): boolean {
  return !(role.as === 'supervisor' && !role.barging);
}

/** A coach and its ear share a bridge as soon as there is an ear. */
function whisperBridge({ calls }: World, { party, whisper }: Call): BridgeId | undefined {
  if (party.kind === 'ear') return calls.get(party.coach)?.whisper?.bridgeId;
  return whisper !== null && calls.get(whisper.earId)?.stage.at === 'up' ? whisper.bridgeId : undefined;
}

function ringsOutside({ calls }: World, { invited }: Conversation): boolean {
  const legs = invited.flatMap((each) => calls.get(each as CallId) ?? []);
  return legs.some(({ party, stage }) => party.kind === 'outside' && stage.at === 'ringing' && stage.alerting);
}

/** Null: the document leaves it to the music of the settings. */
function soundFor(world: World, task: QueueTask): Played | null {
  const { ringMode, waitVoice, ringVoice } = task.enqueue;
  const legs = [...world.calls.values()].filter(
    ({ stage }) => stage.at === 'ringing' && stage.onAnswer.then === 'serve' && stage.onAnswer.taskId === task.id,
  );
  const alerting = legs.some(({ stage }) => stage.at === 'ringing' && stage.alerting);
  const voice = HEARD[ringMode][legs.length === 0 ? 0 : alerting ? 2 : 1];
  if (voice === 'ringback') return { from: 'ringback' };
  const sound = voice === 'ring' ? (ringVoice ?? waitVoice) : waitVoice;
  if (sound === null) return null;
  const played = ofApp(world, task, sound);
  return voice === 'ring' && ringVoice !== null && waitVoice !== null ? { ...played, instead: waitVoice } : played;
}

function searchOf(world: World, { invited }: Conversation): QueueTask | undefined {
  return invited.flatMap((each) => world.queueTasks.get(each as QueueTaskId) ?? [])[0];
}

function ofApp({ settings }: World, { app }: Pick<QueueTask, 'app'>, sound: Sound): Played & { from: 'sound' } {
  return { from: 'sound', app, sound, otherwise: settings.musicClass };
}

function modeIn(conversation: Conversation, callId: CallId): ListenSpeakMode {
  return present(conversation).find((member) => member.callId === callId)!.mode;
}
