#!/usr/bin/env node
/** The agent as a program: `edge-agent --config agent.yaml`. Nothing of it is loaded before its memory is seen to. */
import { startLean } from './agent/lean-start.ts';

startLean();
await import('./command.ts');
