namespace Tombolo.Lab;

/// <summary>What the machine must have.</summary>
internal static class Requirements
{
    private const string Btf = "/sys/kernel/btf/vmlinux";

    /// <exception cref="LabException">Something is missing: which, in one line.</exception>
    public static void Check(Checkout checkout, bool product)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("the lab needs root: it makes network namespaces and loads BPF programs");
        }
        if (product && !File.Exists(Btf))
        {
            throw new LabException($"the kernel tells no BTF ({Btf}): Tombolo's BPF programs need one built with it");
        }
        string[] programs = ["/usr/bin/nsenter", "/usr/bin/setsid", checkout.Tombolo, checkout.Echo];
        string[] more = [checkout.Agent, checkout.BpfObject, Path.Combine(checkout.PluginDirectory, "tombolo-cni")];
        if (programs.Concat(product ? more : []).FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new LabException(
                missing.StartsWith("/usr", StringComparison.Ordinal)
                    ? $"{missing} is missing: apt-get install util-linux"
                    : $"{missing} is missing: ./tombolo builds it, or scripts of your own"
            );
        }
    }
}
