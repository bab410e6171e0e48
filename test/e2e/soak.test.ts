import { freePort } from '../../scripts/asterisk/free-ports';
import { RecoveryScene } from '../../scripts/bench/recovery/recovery-scene';
import { problemsOf, soak } from '../../scripts/bench/recovery/soak-part';

jest.setTimeout(180_000);

const SECONDS = 30;

let scene: RecoveryScene;
let inspectorPort: number;
beforeAll(async () => {
  inspectorPort = await freePort('127.0.0.1');
  scene = await RecoveryScene.start({ nodeArguments: [`--inspect=127.0.0.1:${inspectorPort}`] });
}, 60_000);
afterAll(async () => scene?.stop(false), 30_000);

test('given calls of all kinds for a while, nothing stays: no memory, no timer, no listener, no record that runs', async () => {
  const result = await soak(scene, SECONDS, inspectorPort);
  expect(result.calls).toBeGreaterThan(SECONDS);
  expect({ ...result, problems: problemsOf(result) }).toMatchObject({ problems: [] });
  expect(await scene.serviceLog()).not.toContain('MaxListenersExceededWarning');
});
