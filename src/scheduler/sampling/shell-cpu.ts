/** CPU that a host's shell uses, from the totals that it reports with every answer. */
export class ShellCpu {
  private total: number | null = null;
  private used: number | null = null;

  /** CPU seconds on the host that went to the newest sample; null: the host does not tell. */
  get sampleSeconds(): number | null {
    return this.used;
  }

  /** A new sample begins. */
  begin(): void {
    this.used = null;
  }

  /** An answer reported the shell's total so far, in seconds. A total below the one before is of a new shell. */
  add(total: number | null): void {
    const before = this.total ?? 0;
    if (total !== null) this.used = (this.used ?? 0) + (total < before ? total : total - before);
    this.total = total;
  }
}
