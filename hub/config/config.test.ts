import { describe, expect, it } from 'vitest';
import { readConfig, unknownVariables } from './config.ts';
import { listenOn } from './listen.ts';

const taken = () => Promise.reject(Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));

describe('settings', () => {
  it('take flags before the environment before defaults', () => {
    const config = readConfig(
      { port: '81', data: '/d' },
      { LOCKERHUB_PORT: '82', LOCKERHUB_MQTT_PORT: '83' },
    );
    expect([config.http, config.mqtt, config.host]).toEqual([
      { port: 81, askedBy: '--port' },
      { port: 83, askedBy: 'LOCKERHUB_MQTT_PORT' },
      '127.0.0.1',
    ]);
    expect(readConfig({}, {}).http).toEqual({ port: 8080, askedBy: null });
  });

  it.each([
    [{ port: '70000' }, '--port'],
    [{ port: 'http' }, '--port'],
    [{ host: '' }, '--host'],
    [{ 'frame-origin': 'http://x/path' }, '--frame-origin'],
    [{ 'frame-origin': 'x' }, '--frame-origin'],
    [{ 'demo-url': 'javascript:alert(1)' }, '--demo-url'],
    [{ 'smtp-url': 'http://mail', 'smtp-from': 'x' }, '--smtp-url'],
    [{ 'smtp-url': 'smtp://mail' }, '--smtp-from'],
    [{ 'log-level': 'loud' }, '--log-level'],
  ])('refuse %j and name %s', (flags, where) => {
    expect(() => readConfig(flags, {})).toThrowError(
      expect.objectContaining({ code: 'config-invalid', where }),
    );
  });

  it('name the variable, and never repeat a value that may be a password', () => {
    const environment = { LOCKERHUB_SMTP_URL: 'http://me:secret@mail', LOCKERHUB_SMTP_FROM: 'x' };
    expect(() => readConfig({}, environment)).toThrowError(/^LOCKERHUB_SMTP_URL: (?!.*secret)/);
  });

  it('tell variables that are no settings', () => {
    expect(unknownVariables({ LOCKERHUB_PROT: '1', LOCKERHUB_PORT: '1', PATH: '' })).toEqual([
      'LOCKERHUB_PROT',
    ]);
  });
});

describe('ports', () => {
  it('that nobody asked for give way to the next free one', async () => {
    const tried: number[] = [];
    const port = await listenOn('it', { port: 8080, askedBy: null }, (next) => {
      tried.push(next);
      return next < 8082 ? taken() : Promise.resolve(next);
    });
    expect([port, tried]).toEqual([8082, [8080, 8081, 8082]]);
  });

  it('that somebody asked for fail by name', async () => {
    const listening = listenOn('the broker', { port: 1883, askedBy: 'LOCKERHUB_MQTT_PORT' }, taken);
    await expect(listening).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining('the broker: port 1883 (LOCKERHUB_MQTT_PORT)'),
    });
  });

  it('are not tried for ever', async () => {
    let tries = 0;
    const listening = listenOn('it', { port: 8080, askedBy: null }, () => {
      tries += 1;
      return taken();
    });
    await expect(listening).rejects.toMatchObject({ code: 'port-taken' });
    expect(tries).toBe(20);
  });
});
