namespace Tombolo.Tests.SystemTests;

/// <summary>One lab test at a time: they share two processors and compare what is on the machine.</summary>
[CollectionDefinition("system", DisableParallelization = true)]
public sealed class SystemCollection;
