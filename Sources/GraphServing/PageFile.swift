/// The files of the page itself, which are a part of the program.
enum PageFile: String {
    case page = ""
    case style = "page.css"
    case script = "page.js"
    case comparison = "comparison.js"
    case archive = "archive.js"
    case icon = "icon.svg"

    var response: HTTPResponse {
        switch self {
        case .page: HTTPResponse(mediaType: "text/html; charset=utf-8", body: .bytes(PackageResources.page_html))
        case .style: HTTPResponse(mediaType: "text/css; charset=utf-8", body: .bytes(PackageResources.page_css))
        case .script: HTTPResponse(mediaType: "text/javascript; charset=utf-8", body: .bytes(PackageResources.page_js))
        case .comparison: HTTPResponse(mediaType: "text/javascript; charset=utf-8", body: .bytes(PackageResources.comparison_js))
        case .archive: HTTPResponse(mediaType: "text/javascript; charset=utf-8", body: .bytes(PackageResources.archive_js))
        case .icon: HTTPResponse(mediaType: "image/svg+xml", body: .bytes(PackageResources.icon_svg))
        }
    }
}
