// The table of languages: those that repositories of AI demos have. Words are separated by one blank.

#include <array>

#include "apiserver/render/language.hpp"

namespace causeway::api::render {
namespace {

constexpr Quoted kSlashes{"//", "", Token::kComment, false, false};
constexpr Quoted kSlashStars{"/*", "*/", Token::kComment, true, false};
constexpr Quoted kHash{"#", "", Token::kComment, false, false};
constexpr Quoted kDashes{"--", "", Token::kComment, false, false};
constexpr Quoted kPercent{"%", "", Token::kComment, false, false};
constexpr Quoted kDouble{"\"", "\""};
constexpr Quoted kSingle{"'", "'"};
constexpr Quoted kBacktick{"`", "`", Token::kString, true};
constexpr Quoted kTripleDouble{"\"\"\"", "\"\"\"", Token::kString, true};
constexpr Quoted kTripleSingle{"'''", "'''", Token::kString, true};

constexpr std::array kLikeC{kSlashes, kSlashStars, kDouble, kSingle};
constexpr std::array kLikeKotlin{kSlashes, kSlashStars, kTripleDouble, kDouble, kSingle};
constexpr std::array kLikeSwift{kSlashes, Quoted{"/*", "*/", Token::kComment, true, false, true}, kTripleDouble,
                                kDouble};
constexpr std::array kLikeRust{kSlashes, Quoted{"/*", "*/", Token::kComment, true, false, true},
                               Quoted{"\"", "\"", Token::kString, true}, kSingle};
constexpr std::array kLikeScript{kSlashes, kSlashStars, kDouble, kSingle, kBacktick};
constexpr std::array kLikePython{kHash, kTripleDouble, kTripleSingle, kDouble, kSingle};
constexpr std::array kLikeShell{kHash, Quoted{"\"", "\"", Token::kString, true},
                                Quoted{"'", "'", Token::kString, true, false}};
constexpr std::array kLikeRuby{kHash, Quoted{"=begin", "=end", Token::kComment, true, false}, kDouble, kSingle};
constexpr std::array kHashQuoted{kHash, kDouble, kSingle};
constexpr std::array kLikePhp{kSlashes, kSlashStars, kHash, kDouble, kSingle};
constexpr std::array kLikeToml{kHash, kTripleDouble, kTripleSingle, kDouble,
                               Quoted{"'", "'", Token::kString, false, false}};
constexpr std::array kLikeIni{kHash, Quoted{";", "", Token::kComment, false, false}, kDouble, kSingle};
constexpr std::array kLikeJson{kSlashes, kSlashStars, kDouble};
constexpr std::array kLikeSql{kDashes, kSlashStars, Quoted{"'", "'", Token::kString, true, false}, kDouble};
constexpr std::array kLikeLua{Quoted{"--[[", "]]", Token::kComment, true, false}, kDashes,
                              Quoted{"[[", "]]", Token::kString, true, false}, kDouble, kSingle};
constexpr std::array kLikeJulia{Quoted{"#=", "=#", Token::kComment, true, false, true}, kHash, kTripleDouble, kDouble,
                                kSingle};
constexpr std::array kLikeMatlab{Quoted{"%{", "%}", Token::kComment, true, false}, kPercent, kDouble, kSingle};
constexpr std::array kLikeTex{kPercent};
constexpr std::array kLikeCmake{Quoted{"#[[", "]]", Token::kComment, true, false}, kHash,
                                Quoted{"\"", "\"", Token::kString, true}};
constexpr std::array kLikeStyles{kSlashStars, kDouble, kSingle};
constexpr std::array kLikeSass{kSlashes, kSlashStars, kDouble, kSingle};
constexpr std::array kLikeTerraform{kHash, kSlashes, kSlashStars, kDouble};
constexpr std::array kLikeHaskell{Quoted{"{-", "-}", Token::kComment, true, false, true}, kDashes, kDouble, kSingle};

#define C_KEYWORDS                                                                                                 \
  "auto break case const continue default do else enum extern for goto if inline register restrict return sizeof " \
  "static struct switch typedef union volatile while"
#define C_TYPES                                                                                                 \
  "void bool char short int long float double signed unsigned size_t ssize_t ptrdiff_t int8_t int16_t int32_t " \
  "int64_t uint8_t uint16_t uint32_t uint64_t FILE"
#define CPP_KEYWORDS                                                                                                \
  C_KEYWORDS                                                                                                        \
  " alignas alignof and asm catch class co_await co_return co_yield concept const_cast consteval constexpr "        \
  "constinit decltype delete dynamic_cast explicit export final friend import module mutable namespace new "        \
  "noexcept not operator or override private protected public reinterpret_cast requires static_assert static_cast " \
  "template this thread_local throw try typeid typename using virtual"
#define CPP_TYPES C_TYPES " char8_t char16_t char32_t wchar_t string string_view vector map set optional variant"
#define SCRIPT_KEYWORDS                                                                                              \
  "as async await break case catch class const continue debugger default delete do else export extends finally for " \
  "from function get if import in instanceof let new of return set static super switch this throw try typeof var "   \
  "void while with yield"

constexpr std::array kLanguages{
    Language{.name = "python",
             .names = "py python3 py3 gyp starlark bazel",
             .files = "*.py *.pyi *.pyw *.bzl *.star SConstruct BUILD WORKSPACE",
             .programs = "python pypy",
             .keywords =
                 "and as assert async await break case class continue def del elif else except finally for from "
                 "global if import in is lambda match nonlocal not or pass raise return try while with yield",
             .literals = "True False None NotImplemented Ellipsis self cls __name__",
             .types = "int float str bytes bool list dict set tuple object type complex frozenset Exception",
             .quoted = kLikePython,
             .quirks = {.decorators = true}},
    Language{.name = "c",
             .names = "h",
             .files = "*.c *.h",
             .keywords = C_KEYWORDS,
             .literals = "NULL true false",
             .types = C_TYPES,
             .quoted = kLikeC,
             .quirks = {.preprocessor = true}},
    Language{.name = "cpp",
             .names = "c++ cxx cc hpp",
             .files = "*.cpp *.cc *.cxx *.c++ *.hpp *.hh *.hxx *.ipp *.inl",
             .keywords = CPP_KEYWORDS,
             .literals = "nullptr true false NULL",
             .types = CPP_TYPES,
             .quoted = kLikeC,
             .quirks = {.preprocessor = true, .raw_strings = true}},
    Language{.name = "cuda",
             .names = "cu",
             .files = "*.cu *.cuh",
             .keywords =
                 CPP_KEYWORDS " __global__ __device__ __host__ __shared__ __constant__ __restrict__ __launch_bounds__",
             .literals = "nullptr true false NULL threadIdx blockIdx blockDim gridDim warpSize",
             .types = CPP_TYPES " dim3 float2 float4 int2 int4 half half2 cudaError_t cudaStream_t",
             .quoted = kLikeC,
             .quirks = {.preprocessor = true, .raw_strings = true}},
    Language{.name = "go",
             .names = "golang",
             .files = "*.go",
             .keywords = "break case chan const continue default defer else fallthrough for func go goto if import "
                         "interface map package range return select struct switch type var",
             .literals = "true false nil iota",
             .types = "any bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string "
                      "uint uint8 uint16 uint32 uint64 uintptr",
             .quoted = kLikeScript},
    Language{
        .name = "rust",
        .names = "rs",
        .files = "*.rs",
        .keywords = "as async await break const continue crate dyn else enum extern fn for if impl in let loop match "
                    "mod move mut pub ref return self Self static struct super trait type unsafe use where while",
        .literals = "true false None Some Ok Err",
        .types = "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Option Result "
                 "Box Rc Arc HashMap",
        .quoted = kLikeRust,
        .quirks = {.short_ticks = true, .raw_strings = true}},
    Language{
        .name = "java",
        .names = "",
        .files = "*.java",
        .keywords =
            "abstract assert break case catch class const continue default do else enum extends final finally for goto "
            "if implements import instanceof interface native new package private protected public record return "
            "sealed static strictfp super switch synchronized this throw throws transient try var volatile while yield",
        .literals = "true false null",
        .types = "boolean byte char double float int long short void String Integer Long Object List Map Set",
        .quoted = kLikeKotlin,
        .quirks = {.decorators = true}},
    Language{.name = "kotlin",
             .names = "kt kts",
             .files = "*.kt *.kts",
             .keywords =
                 "abstract actual as break by catch class companion const constructor continue crossinline data do "
                 "else enum expect external final finally for fun if import in infix init inline inner interface "
                 "internal is lateinit noinline object open operator out override package private protected public "
                 "reified return sealed super suspend tailrec this throw try typealias val var vararg when where while",
             .literals = "true false null",
             .types = "Any Boolean Byte Char Double Float Int Long Short String Unit List Map Set Array",
             .quoted = kLikeKotlin,
             .quirks = {.decorators = true}},
    Language{.name = "scala",
             .names = "",
             .files = "*.scala *.sc *.sbt",
             .keywords = "abstract case catch class def do else enum extends final finally for given if implicit "
                         "import lazy match new object override package private protected return sealed super then "
                         "this throw trait try type using val var while with yield",
             .literals = "true false null None Some Nil",
             .types = "Any Boolean Byte Char Double Float Int Long Short String Unit List Map Set Option Seq",
             .quoted = kLikeKotlin,
             .quirks = {.decorators = true, .short_ticks = true}},
    Language{
        .name = "csharp",
        .names = "cs c#",
        .files = "*.cs *.csx",
        .keywords = "abstract as async await base break case catch checked class const continue default delegate do "
                    "else enum event explicit extern finally fixed for foreach get goto if implicit in init interface "
                    "internal is lock namespace new operator out override params partial private protected public "
                    "readonly record ref return sealed set sizeof stackalloc static struct switch this throw try "
                    "typeof unchecked unsafe using var virtual volatile when where while yield",
        .literals = "true false null",
        .types = "bool byte char decimal double dynamic float int long object sbyte short string uint ulong ushort "
                 "void Task List",
        .quoted = kLikeC,
        .quirks = {.preprocessor = true}},
    Language{
        .name = "swift",
        .names = "",
        .files = "*.swift",
        .keywords =
            "actor as associatedtype async await break case catch class continue default defer deinit do else enum "
            "extension fallthrough fileprivate final for func guard if import in indirect init inout internal is lazy "
            "let mutating nonisolated open operator override private protocol public repeat required rethrows return "
            "some static struct subscript super switch throw throws try typealias var weak where while",
        .literals = "true false nil self Self",
        .types = "Any Array Bool Character Dictionary Double Float Int Optional Set String UInt Void",
        .quoted = kLikeSwift,
        .quirks = {.decorators = true}},
    Language{.name = "dart",
             .names = "",
             .files = "*.dart",
             .keywords = "abstract as assert async await break case catch class const continue default do else enum "
                         "export extends extension external factory final finally for get if implements import in is "
                         "late library mixin new on operator part required rethrow return set static super switch sync "
                         "this throw try typedef var while with yield",
             .literals = "true false null",
             .types = "bool double dynamic int num void String List Map Set Future Stream Object",
             .quoted = kLikeKotlin,
             .quirks = {.decorators = true}},
    Language{.name = "javascript",
             .names = "js node mjs cjs jsx react",
             .files = "*.js *.mjs *.cjs *.jsx",
             .programs = "node nodejs deno bun",
             .keywords = SCRIPT_KEYWORDS,
             .literals = "true false null undefined NaN Infinity",
             .types = "Array Boolean Date Error Map Number Object Promise RegExp Set String Symbol",
             .quoted = kLikeScript,
             .word_characters = "$",
             .quirks = {.decorators = true}},
    Language{.name = "typescript",
             .names = "ts tsx mts cts",
             .files = "*.ts *.tsx *.mts *.cts",
             .programs = "ts-node tsx",
             .keywords = SCRIPT_KEYWORDS " abstract asserts declare enum implements infer interface is keyof module "
                                         "namespace override private protected public readonly satisfies type",
             .literals = "true false null undefined NaN Infinity",
             .types = "any bigint boolean never number object string symbol unknown Array Map Promise Record Set Date "
                      "Error Partial",
             .quoted = kLikeScript,
             .word_characters = "$",
             .quirks = {.decorators = true}},
    Language{.name = "shell",
             .names = "sh bash zsh ksh shellscript console shell-session",
             .files = "*.sh *.bash *.zsh *.ksh .bashrc .profile .zshrc .envrc",
             .programs = "sh bash zsh dash ksh ash",
             .keywords = "case do done elif else esac export fi for function if in local readonly return select set "
                         "shift source then trap unset until while declare exec exit eval",
             .literals = "true false",
             .types = "cat cd chmod cp curl docker echo git grep mkdir mv pip python rm sed sudo test wget",
             .quoted = kLikeShell,
             .word_characters = "-",
             .quirks = {.variables = true, .marks_after_blank = true, .heredocs = true}},
    Language{.name = "dockerfile",
             .names = "docker containerfile",
             .files = "Dockerfile Containerfile *.dockerfile",
             .keywords = "add arg cmd copy entrypoint env expose from healthcheck label maintainer onbuild run shell "
                         "stopsignal user volume workdir",
             .quoted = kLikeShell,
             .quirks = {.any_case = true,
                        .first_word_only = true,
                        .variables = true,
                        .marks_after_blank = true,
                        .heredocs = true}},
    Language{.name = "yaml",
             .names = "yml",
             .files = "*.yaml *.yml .clang-format .clang-tidy CITATION.cff",
             .literals = "true false null yes no on off ~",
             .quoted = kHashQuoted,
             .word_characters = "-./",
             .quirks = {.keys = true, .marks_after_blank = true}},
    Language{
        .name = "json",
        .names = "jsonc json5 ipynb",
        .files = "*.json *.jsonc *.json5 *.jsonl *.ndjson *.ipynb *.geojson *.webmanifest composer.lock Pipfile.lock",
        .literals = "true false null",
        .quoted = kLikeJson,
        .quirks = {.keyed_strings = true}},
    Language{.name = "toml",
             .names = "",
             .files = "*.toml Pipfile Cargo.lock poetry.lock uv.lock",
             .literals = "true false inf nan",
             .quoted = kLikeToml,
             .word_characters = "-.",
             .quirks = {.keys = true, .sections = true}},
    Language{
        .name = "ini",
        .names = "cfg conf properties dotenv editorconfig gitconfig",
        .files = "*.ini *.cfg *.conf *.properties *.env .env .editorconfig .gitconfig .gitmodules .flake8 .pylintrc",
        .literals = "true false yes no on off none",
        .quoted = kLikeIni,
        .word_characters = "-.",
        .quirks = {.any_case = true, .keys = true, .sections = true, .marks_after_blank = true}},
    Language{.name = "html",
             .names = "htm xhtml vue svelte jinja jinja2 handlebars",
             .files = "*.html *.htm *.xhtml *.vue *.svelte *.j2",
             .form = Form::kMarkup},
    Language{.name = "xml",
             .names = "svg xsl rss plist",
             .files = "*.xml *.svg *.xsd *.xsl *.xslt *.plist *.urdf *.launch *.csproj *.rss *.iml",
             .form = Form::kMarkup},
    Language{.name = "css",
             .names = "",
             .files = "*.css",
             .keywords = "important media import supports keyframes font-face page charset layer container",
             .literals = "none auto inherit initial unset",
             .quoted = kLikeStyles,
             .word_characters = "-",
             .quirks = {.decorators = true, .keys = true}},
    Language{
        .name = "scss",
        .names = "sass less",
        .files = "*.scss *.sass *.less",
        .keywords = "important media import include mixin extend use forward function return if else each for while",
        .literals = "none auto inherit initial unset true false null",
        .quoted = kLikeSass,
        .word_characters = "-",
        .quirks = {.decorators = true, .variables = true, .keys = true}},
    Language{.name = "sql",
             .names = "postgresql postgres psql mysql sqlite plsql",
             .files = "*.sql *.psql *.ddl",
             .keywords =
                 "add all alter and as asc begin between by cascade case check column commit constraint create cross "
                 "database default delete desc distinct drop else end except exists explain for foreign from full "
                 "function group having if in index inner insert intersect into is join key left like limit not offset "
                 "on or order outer over partition primary references replace returning right rollback select set "
                 "table then to transaction trigger truncate union unique update using values view when where with",
             .literals = "true false null",
             .types = "bigint bigserial blob boolean bytea char date decimal double float int integer json jsonb "
                      "numeric real serial smallint text time timestamp timestamptz uuid varchar",
             .quoted = kLikeSql,
             .quirks = {.any_case = true}},
    Language{.name = "r",
             .names = "rscript rlang",
             .files = "*.r .Rprofile",
             .programs = "Rscript",
             .keywords = "break else for function if in library next repeat require return source while",
             .literals = "TRUE FALSE NULL NA NaN Inf",
             .types = "c list data.frame matrix vector factor",
             .quoted = kHashQuoted,
             .word_characters = "."},
    Language{
        .name = "julia",
        .names = "jl",
        .files = "*.jl",
        .programs = "julia",
        .keywords = "abstract baremodule begin break catch const continue do else elseif end export finally for "
                    "function global if import in let local macro module mutable primitive quote return struct try "
                    "type using where while",
        .literals = "true false nothing missing NaN Inf pi",
        .types = "Any Array Bool Complex Dict Float32 Float64 Int Int32 Int64 Matrix Number String Symbol Tuple Vector",
        .quoted = kLikeJulia,
        .word_characters = "!",
        .quirks = {.decorators = true, .short_ticks = true}},
    Language{.name = "matlab",
             .names = "octave",
             .files = "*.m *.mlx",
             .keywords = "break case catch classdef continue else elseif end endfunction endif endwhile for function "
                         "global if methods otherwise parfor persistent properties return switch try while",
             .literals = "true false pi inf nan eps",
             .quoted = kLikeMatlab,
             .quirks = {.marks_after_blank = true}},
    Language{
        .name = "lua",
        .names = "luau",
        .files = "*.lua",
        .programs = "lua luajit",
        .keywords = "and break do else elseif end for function goto if in local not or repeat return then until while",
        .literals = "true false nil self",
        .types = "io math os string table",
        .quoted = kLikeLua},
    Language{.name = "ruby",
             .names = "rb",
             .files = "*.rb *.rake *.gemspec Gemfile Rakefile",
             .programs = "ruby",
             .keywords =
                 "alias and begin break case class def defined? do else elsif end ensure extend for if in include "
                 "module next not or private protected public raise redo require require_relative rescue retry "
                 "return super then undef unless until when while yield attr_accessor attr_reader attr_writer",
             .literals = "true false nil self",
             .quoted = kLikeRuby,
             .word_characters = "?!",
             .quirks = {.decorators = true}},
    Language{.name = "php",
             .names = "",
             .files = "*.php *.phtml",
             .programs = "php",
             .keywords =
                 "abstract and array as break case catch class clone const continue declare default do echo else "
                 "elseif empty enum extends final finally fn for foreach function global if implements include "
                 "instanceof interface isset list match namespace new or print private protected public readonly "
                 "require require_once return static switch throw trait try unset use var while yield",
             .literals = "true false null TRUE FALSE NULL",
             .types = "bool float int mixed object string void",
             .quoted = kLikePhp,
             .quirks = {.variables = true}},
    Language{.name = "perl",
             .names = "pl",
             .files = "*.pl *.pm *.t",
             .programs = "perl",
             .keywords = "and bless can cmp die do each else elsif eq exists for foreach ge gt if keys last le local "
                         "lt my ne next no not or our package print push redo ref require return say shift sub unless "
                         "until use values warn while xor",
             .quoted = kHashQuoted,
             .quirks = {.variables = true, .marks_after_blank = true}},
    Language{.name = "haskell",
             .names = "hs",
             .files = "*.hs",
             .keywords = "as case class data default deriving do else family forall foreign hiding if import in infix "
                         "infixl infixr instance let module newtype of qualified then type where",
             .literals = "True False Nothing Just Left Right",
             .types = "Bool Char Double Either Float IO Int Integer Maybe String",
             .quoted = kLikeHaskell,
             .word_characters = "'",
             .quirks = {.short_ticks = true}},
    Language{
        .name = "makefile",
        .names = "make mk",
        .files = "Makefile makefile GNUmakefile *.mk *.mak",
        .keywords = "define else endef endif export ifdef ifeq ifndef ifneq include override private unexport vpath",
        .quoted = kHashQuoted,
        .word_characters = "-./%",
        .quirks = {.variables = true, .keys = true, .marks_after_blank = true}},
    Language{.name = "cmake",
             .names = "",
             .files = "*.cmake CMakeLists.txt",
             .keywords = "else elseif endforeach endfunction endif endmacro endwhile foreach function if include macro "
                         "option project return set unset while add_executable add_library add_subdirectory "
                         "find_package message target_link_libraries",
             .literals = "ON OFF TRUE FALSE",
             .quoted = kLikeCmake,
             .quirks = {.variables = true}},
    Language{
        .name = "terraform",
        .names = "hcl tf",
        .files = "*.tf *.tfvars *.hcl",
        .keywords =
            "data dynamic for for_each if import in locals module moved output provider resource terraform variable",
        .literals = "true false null",
        .types = "any bool list map number object set string tuple",
        .quoted = kLikeTerraform,
        .word_characters = "-",
        .quirks = {.keys = true, .heredocs = true}},
    Language{
        .name = "protobuf",
        .names = "proto",
        .files = "*.proto",
        .keywords = "enum extend extensions group import map message oneof option optional package public repeated "
                    "required reserved returns rpc service stream syntax",
        .literals = "true false",
        .types =
            "bool bytes double fixed32 fixed64 float int32 int64 sfixed32 sfixed64 sint32 sint64 string uint32 uint64",
        .quoted = kLikeC},
    Language{.name = "tex",
             .names = "latex bibtex",
             .files = "*.tex *.sty *.cls *.bib",
             .quoted = kLikeTex,
             .quirks = {.macros = true}},
    Language{.name = "diff", .names = "patch", .files = "*.diff *.patch", .form = Form::kDiff},
    Language{.name = "markdown", .names = "md mdx", .files = "*.md *.markdown *.mdx *.mdc", .form = Form::kMarkdown},
};

#undef C_KEYWORDS
#undef C_TYPES
#undef CPP_KEYWORDS
#undef CPP_TYPES
#undef SCRIPT_KEYWORDS

}  // namespace

std::span<const Language> languages() {
  return kLanguages;
}

}  // namespace causeway::api::render
