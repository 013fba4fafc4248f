import { expect, test } from 'vitest';
import { system } from './system.ts';

function virtualisation(text: string, architecture = 'x86_64'): string | null {
  const whole = `@uname Linux h 6.1.0 ${architecture}\n${text}`;
  return system.parse({ files: '', text: whole, uptimeSeconds: 1, at: 0 }, undefined).facts.virtualisation;
}

const first = '@pidns pid:[4026531836]\n';
const inner = '@pidns pid:[4026532180]\n';

test.each([
  ['bare metal', `@vm none\n${first}@container \n`, null],
  ['bare metal of a cloud', `@vm \n@dmi Amazon EC2 m5.metal\n${first}`, null],
  ['a KVM guest without systemd', `@vm \n@dmi QEMU Standard PC\n@hypervisor\n${first}`, 'kvm'],
  ['a guest that says nothing of itself', `@vm \n@dmi \n@hypervisor\n${first}`, 'vm'],
  ['a guest that was made from an image of Docker', `@vm kvm\n${first}@container docker\n`, 'kvm'],
  ['Docker on a KVM guest', `@vm kvm\n@hypervisor\n${inner}@container docker\n`, 'docker'],
  ['LXC', `@vm none\n${inner}@container lxc\n`, 'lxc'],
  ['a container of no name', `@vm none\n${inner}@container \n`, 'container'],
])('virtualisation of %s', (_, text, expected) => {
  expect(virtualisation(text)).toBe(expected);
});

test('other processors have no flag for it', () => {
  expect(virtualisation(`@vm \n@dmi QEMU KVM Virtual Machine\n${first}`, 'aarch64')).toBe('kvm');
});

test('the clock is told by its distance to ours', () => {
  const text = '@date 1767225660 +0100\n@uname Linux h 6.1.0 x86_64\n';
  const { facts } = system.parse({ files: '', text, uptimeSeconds: 1, at: 1_767_225_600_000 }, undefined);
  expect(facts).toMatchObject({ clockOffsetSeconds: 60, timeZone: '+0100', hostname: 'h', kernel: 'Linux 6.1.0' });
});
