import { basename, dirname, resolve } from 'node:path';

const above = resolve(__dirname, '..');

/** The project's folder, whether its sources run or what was built of them. */
export const PROJECT_ROOT = basename(above) === 'dist' ? dirname(above) : above;
