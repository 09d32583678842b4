using System.Globalization;
using SoraCluster.Domain.Errors;
using SoraCluster.Domain.Uploads;

namespace SoraCluster.Gateway.Errors;

/// <summary>Refusals of files that were uploaded or pointed to.</summary>
internal static partial class Refusals
{
    public static Refusal Upload(string name, UploadKind kind, UploadFault fault, long limit) => fault switch
    {
        UploadFault.UnknownFormat => UnknownMedia(name, kind),
        UploadFault.TooManyPixels => Invalid(
            name,
            $"The {English(kind)} in {name} has more than {Count(limit)} pixels, the most that is read here. Make it smaller and send it again.",
            $"{name} の{Japanese(kind)}は {Count(limit)} 画素を超えており、読み取れません。縮小して送り直してください。"),
        UploadFault.TooLong => Invalid(
            name,
            $"The clip in {name} is longer than {limit} seconds, the most that is read here. Cut it and send it again.",
            $"{name} の動画は {limit} 秒を超えており、読み取れません。短く切って送り直してください。"),
        UploadFault.TooCostly => Invalid(
            name,
            $"The {English(kind)} in {name} takes more time or memory to decode than a file may. Save it smaller or in a common format and send it again.",
            $"{name} の{Japanese(kind)}は、デコードに必要な時間またはメモリーが上限を超えます。縮小するか一般的な形式で保存して送り直してください。"),
        _ => Invalid(
            name,
            $"The {English(kind)} in {name} ends early or cannot be decoded. Open it in a viewer, save it again and send that.",
            $"{name} の{Japanese(kind)}は途中で終わっているか、デコードできません。ビューアーで開いて保存し直し、それを送ってください。"),
    };

    public static Refusal EmptyUpload(string name) => Invalid(
        name, $"The file in {name} is empty. Check that the right one was chosen and send it again.",
        $"{name} のファイルは空です。正しいファイルか確認して送り直してください。");

    public static Refusal PictureTooLarge(string name, long limit) => new(
        SoraErrorCode.FileTooLarge,
        new Said($"The picture in {name} is larger than {Size(limit)}. Save it smaller and send it again.",
            $"{name} の画像は {Size(limit)} を超えています。小さくして送り直してください。"),
        name);

    public static Refusal ReferenceByFileOnly(string name) => Invalid(
        name,
        $"{name} must be a file, or an object with image_url; files that were uploaded before (file_id) are not kept here. Send the picture itself.",
        $"{name} はファイルか、image_url を持つオブジェクトでなければなりません (以前にアップロードしたファイルを指す file_id は使えません)。画像そのものを送ってください。");

    public static Refusal BadDataUrl(string name, Exception? inner = null) => new(
        SoraErrorCode.InvalidRequest,
        new Said($"The data URL in {name} cannot be read. Send data:image/png;base64, (or another picture type) and the bytes in base64.",
            $"{name} のデータ URL を読み取れません。data:image/png;base64, (または他の画像形式) に続けて base64 で送ってください。"),
        name, inner: inner);

    public static Refusal BadImageUrl(string name) => Invalid(
        name,
        $"The image_url in {name} must be an absolute https URL without user name, at a public address, or a data URL. Or send the picture as a file.",
        $"{name} の image_url は、ユーザー名を含まない公開アドレスの https の URL か、データ URL でなければなりません。画像をファイルとして送ることもできます。");

    public static Refusal CannotFetch(string name, string why) => Invalid(
        name,
        $"The picture that {name} points to could not be fetched: {why} Check the address, or send the picture as a file.",
        $"{name} が指す画像を取得できませんでした。アドレスが画像そのものを指し、公開されているか確認してください。画像をファイルとして送ることもできます。");

    private static Refusal UnknownMedia(string name, UploadKind kind)
    {
        var types = kind is UploadKind.Picture ? "JPEG, PNG or WebP" : "MP4 or WebM";
        return new(
            SoraErrorCode.UnsupportedMedia,
            new Said($"The file in {name} is no {English(kind)} of a type that is read here, whatever its name says. Send {types}.",
                $"{name} のファイルは、名前にかかわらず、読み取れる{Japanese(kind)}ではありません。{types.Replace(" or ", "、", StringComparison.Ordinal).Replace(", ", "、", StringComparison.Ordinal)} のいずれかで送ってください。"),
            name);
    }

    private static string English(UploadKind kind) => kind is UploadKind.Picture ? "picture" : "clip";

    private static string Japanese(UploadKind kind) => kind is UploadKind.Picture ? "画像" : "動画";

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
