import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

test('what Kubernetes sets for services called sonde or sonde-… is ignored', () => {
  const ofServices = {
    SONDE_SERVICE_HOST: '10.96.0.17',
    SONDE_SERVICE_PORT: '8080',
    SONDE_SERVICE_PORT_HTTP: '8080',
    SONDE_PORT: 'tcp://10.96.0.17:8080',
    SONDE_PORT_8080_TCP: 'tcp://10.96.0.17:8080',
    SONDE_PORT_8080_TCP_PROTO: 'tcp',
    SONDE_PORT_8080_TCP_PORT: '8080',
    SONDE_PORT_8080_TCP_ADDR: '10.96.0.17',
    SONDE_PORT_53_UDP: 'udp://[fd00::17]:53',
    SONDE_PORT_53_UDP_ADDR: 'fd00::17',
    SONDE_WEB_SERVICE_HOST: '10.96.0.18',
    SONDE_WEB_SERVICE_PORT_HTTPS: '443',
    SONDE_WEB_PORT: 'tcp://10.96.0.18:443',
    SONDE_WEB_PORT_443_TCP_ADDR: '10.96.0.18',
  };
  expect(readConfig(ofServices)).toEqual(readConfig({}));
  expect(readConfig(ofServices)).toMatchObject({ port: 8080, warnings: [] });
  expect(readConfig({ ...ofServices, SONDE_PORT: '81' }).port).toBe(81);
});

test('names that are no settings are warnings, wrong values are errors', () => {
  const { warnings } = readConfig({ SONDE_PROT: '1', SONDE_WEB_PORT: '1', SONDE_HOST: '::1', OTHER: 'x' });
  expect(warnings).toEqual([
    'SONDE_PROT is not a setting of Sonde and is ignored; docs/settings.md lists all settings',
    'SONDE_WEB_PORT is not a setting of Sonde and is ignored; docs/settings.md lists all settings',
  ]);
  expect(() => readConfig({ SONDE_PORT: 'http://10.0.0.1' })).toThrow('SONDE_PORT must be a number');
});
