import { type Enqueue, type Target } from '../../src/domain/queue/enqueue';

/** The document that says the same, all defaults written out. What has no value is left out. */
export function enqueueText(enqueue: Enqueue): string {
  const attributes = written({
    conversation_level: enqueue.conversationLevel,
    conversation_timeout: enqueue.conversationTimeoutSeconds,
    choice: enqueue.choice,
    reserve_state: enqueue.reserveState,
    fail_overflow: enqueue.failOverflow,
    wait_voice: enqueue.waitVoice,
    ring_mode: enqueue.ringMode,
    ring_voice: enqueue.ringVoice,
    hold_voice: enqueue.holdVoice,
    play_num: enqueue.playNum,
    pre_num_voice: enqueue.preNumVoice,
    post_num_voice: enqueue.postNumVoice,
    user_data: enqueue.userData,
    priority: enqueue.priority,
  });
  const routes = enqueue.routes.map(({ targets }) => `<route>${targets.map(targetText).join('')}</route>`);
  return `<enqueue${attributes}>${routes.join('')}</enqueue>`;
}

function targetText(target: Target): string {
  if (target.kind === 'condition') return `<condition${written({ id: target.id })}/>`;
  const attributes = written({
    name: target.name,
    priority: target.priority,
    queue_timeout: target.queueTimeoutSeconds,
    fetch_timeout: target.fetchTimeoutSeconds,
  });
  return `<${target.kind}${attributes}/>`;
}

function written(values: Readonly<Record<string, string | number | boolean | null>>): string {
  const present = Object.entries(values).filter(([, value]) => value !== null);
  return present.map(([name, value]) => ` ${name}="${escaped(String(value))}"`).join('');
}

/** White space other than a blank goes as a reference: a parser makes a blank of it otherwise. */
function escaped(text: string): string {
  return text.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.codePointAt(0)};`);
}
