using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tombolo.Cluster.ApiServer;

/// <summary>The cluster's certificate authority: keys under <c>pki/</c>, made at first start and kept.</summary>
public sealed class ClusterCa : IDisposable
{
    // RFC 5280 §4.2.1.12.
    internal const string ServerUse = "1.3.6.1.5.5.7.3.1";
    internal const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 certificate;
    private readonly TimeProvider time;

    private ClusterCa(X509Certificate2 certificate, TimeProvider time) =>
        (this.certificate, this.time) = (certificate, time);

    /// <summary>The CA's certificate, as clients are given it to trust.</summary>
    public string CertificatePem => certificate.ExportCertificatePem();

    /// <summary>Loads the authority of a folder, or makes it.</summary>
    public static ClusterCa Open(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(folder);
        var (crt, key) = (Path.Combine(folder, "ca.crt"), Path.Combine(folder, "ca.key"));
        if (!File.Exists(crt) || !File.Exists(key))
        {
            using var made = Make(time);
            PrivateFile.Write(key, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()); // made with its key
            PrivateFile.Write(crt, made.ExportCertificatePem());
        }
        return new ClusterCa(X509Certificate2.CreateFromPemFile(crt, key), time);
    }

    /// <summary>A serving certificate for these DNS names and addresses, with its key; not kept on disk.</summary>
    public X509Certificate2 IssueServer(string commonName, IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct())
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }
        return Issue(new X500DistinguishedName($"CN={commonName}"), ServerUse, alternatives.Build());
    }

    /// <summary>A client certificate: the user's name as CN, each group as O.</summary>
    public X509Certificate2 IssueClient(string user, params IEnumerable<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }
        subject.AddCommonName(user);
        return Issue(subject.Build(), ClientUse, null);
    }

    /// <summary>True if this authority signed it, and it is valid now for this use.</summary>
    public bool HasIssued(X509Certificate2 client, string use = ClientUse)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(use));
        return chain.Build(client);
    }

    public void Dispose() => certificate.Dispose();

    private X509Certificate2 Issue(X500DistinguishedName subject, string use, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(certificate, true, false)
        );
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }
        var now = time.GetUtcNow();
        using var issued = request.Create(
            certificate,
            now.AddMinutes(-5), // clocks differ
            now.AddYears(1),
            RandomNumberGenerator.GetBytes(16)
        );
        using var pair = issued.CopyWithPrivateKey(key);
        // SslStream wants a key that the certificate owns; a round trip through PKCS#12 gives it one.
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    private static X509Certificate2 Make(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tombolo-lab-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10));
    }
}
