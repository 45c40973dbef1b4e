import { describe, expect, it } from 'vitest';
import { readOptions } from './options.ts';

describe('the options of npm start', () => {
  it('are the demo on the usual ports, which nobody asked for', () => {
    const { kind, lan, folder, hub, mqtt, mqtts, control } = readOptions([], {});
    expect([kind, lan]).toEqual(['demo', false]);
    expect(folder).toMatch(/data[/\\]demo$/);
    expect([hub.port, mqtt.port, mqtts.port, control.port]).toEqual([8080, 1883, 8883, 8090]);
    expect([hub.askedBy, mqtt.askedBy, control.askedBy]).toEqual([undefined, undefined, undefined]);
  });

  it('start a cloud beside it unless told not to', () => {
    expect([readOptions([], {}).cloud, readOptions(['--no-cloud'], {}).cloud]).toEqual([true, false]);
  });

  it('wire the lobby wrongly only when asked', () => {
    expect(readOptions([], {}).miswired).toBeNull();
    expect(readOptions(['--miswired'], {}).miswired).toBe('doors');
    expect(readOptions(['--miswired', '--lan'], {}).miswired).toBe('doors');
    expect(readOptions(['--miswired', 'bus-twins'], {}).miswired).toBe('bus-twins');
  });

  it('keep a building for others apart from the demo that everybody knows the password of', () => {
    expect(readOptions(['--lan'], {}).folder).toMatch(/data[/\\]demo-lan$/);
    expect(readOptions(['--empty'], {}).folder).toMatch(/data[/\\]building$/);
    expect(readOptions(['--empty', '--data', 'mine'], {}).folder).toBe('mine');
  });

  it('take a flag before the environment, and name who asked', () => {
    const environment = { LOCKERHUB_PORT: '9000', LOCKERHUB_MQTT_PORT: '9001' };
    const { hub, mqtt } = readOptions(['--port', '7000'], environment);
    expect(hub).toMatchObject({ port: 7000, askedBy: '--port' });
    expect(mqtt).toMatchObject({ port: 9001, askedBy: 'LOCKERHUB_MQTT_PORT' });
  });

  it('refuse what is no port, by name', () => {
    expect(() => readOptions([], { LOCKERHUB_PORT: '80a' })).toThrow(
      'LOCKERHUB_PORT: "80a" is no port (1 to 65535)',
    );
    expect(() => readOptions([], { LOCKERHUB_DEMO_PORT: '0' })).toThrow('LOCKERHUB_DEMO_PORT');
  });
});
