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

test('the clock is reported as its difference from ours', () => {
  const text = '@date 1767225660 +0100\n@uname Linux h 6.1.0 x86_64\n';
  const { facts } = system.parse({ files: '', text, uptimeSeconds: 1, at: 1_767_225_600_000 }, undefined);
  expect(facts).toMatchObject({ clockOffsetSeconds: 60, timeZone: '+0100', hostname: 'h', kernel: '6.1.0' });
});

test('the kernel is what `uname -r` prints, the system’s name stands beside', () => {
  const text = '@uname Linux web1 6.1.0-25-amd64 x86_64\n';
  const { facts } = system.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined);
  expect(facts).toMatchObject({ kernel: '6.1.0-25-amd64', kernelName: 'Linux', architecture: 'x86_64' });
});

test.each([
  ['x86', ['model\t\t: 85', 'model name\t: Intel(R) Xeon(R) Gold 6230'], 'Intel(R) Xeon(R) Gold 6230'],
  ['a server of ARM', ['CPU implementer\t: 0x41', 'CPU part\t: 0xd0c'], 'Neoverse-N1'],
  [
    'big and little cores',
    ['CPU implementer\t: 0x41', 'CPU part\t: 0xd03', 'CPU part\t: 0xd08'],
    'Cortex-A53 + Cortex-A72',
  ],
  ['a part that is not in the table', ['CPU implementer\t: 0x41', 'CPU part\t: 0xfff'], 'ARM part 0xfff'],
  ['a maker that is not in the table', ['CPU implementer\t: 0x77', 'CPU part\t: 0x001'], 'implementer 0x77 part 0x001'],
  [
    'a Raspberry Pi',
    [
      'CPU implementer\t: 0x41',
      'CPU part\t: 0xd08',
      'Hardware\t: BCM2835',
      'Model\t\t: Raspberry Pi 4 Model B Rev 1.4',
    ],
    'Cortex-A72 (Raspberry Pi 4 Model B Rev 1.4)',
  ],
  ['what lscpu calls it', ['CPU implementer\t: 0x41', 'CPU part\t: 0xfff', 'Model name:  Cortex-X9'], 'Cortex-X9'],
  ['POWER9', ['cpu\t\t: POWER9 (raw), altivec supported', 'model\t\t: IBM,9009-42A'], 'POWER9 (IBM,9009-42A)'],
  ['POWER8', ['cpu             : POWER8E (raw), altivec supported'], 'POWER8E'],
  [
    'a mainframe',
    ['processor 0: version = FF,  identification = 0618E8,  machine = 8561', 'Model name: -'],
    'IBM z15 (machine 8561)',
  ],
  ['a mainframe to come', ['processor 0: version = 00,  identification = 1,  machine = 9999'], 'IBM/S390 machine 9999'],
  ['RISC-V', ['uarch\t\t: sifive,u74-mc'], 'sifive,u74-mc'],
  ['MIPS', ['cpu model\t\t: MIPS 1004Kc V2.15', 'system type\t\t: MediaTek MT7621'], 'MIPS 1004Kc V2.15'],
  ['an old ARM', ['Processor\t: ARMv7 Processor rev 4 (v7l)', 'Hardware\t: sun8i'], 'ARMv7 Processor rev 4 (v7l)'],
  ['LoongArch', ['Model Name\t\t: Loongson-3A5000'], 'Loongson-3A5000'],
  ['nothing', [], null],
])('the processor of %s', (_, lines, expected) => {
  const text = `@uname Linux h 6.8.0 any\n@cpu\n${lines.join('\n')}\n`;
  expect(system.parse({ files: '', text, uptimeSeconds: 1, at: 0 }, undefined).facts.cpuModel).toBe(expected);
});
